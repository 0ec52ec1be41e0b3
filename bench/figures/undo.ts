import { join } from 'node:path'
import type { Actor } from '../../src/access/actor.ts'
import { foreseeUndo, takeBack } from '../../src/audit/undo.ts'
import { runBatch } from '../../src/computers/batch/run.ts'
import { syncAgents } from '../../src/computers/sync/sync.ts'
import type { Db } from '../../src/db/connection.ts'
import { type Tx, operation } from '../../src/db/operation.ts'
import { everyTenant, everyTenantTx } from '../../src/db/scope-guard.ts'
import { paced } from '../../src/pace.ts'
import { ROOT_ID } from '../../src/tenants/queries.ts'
import type { Bench } from '../bench.ts'
import { copyDataset, insertEntries, withDatabase } from '../databases.ts'
import { type Figure, figure } from '../figure.ts'
import { timed } from '../timed.ts'
import { report } from './sync.ts'

/** Where the computers go; they come from the first client. */
const TARGET = 4
const KEY = 'agent.stale_after_days'

/** What it takes to foresee the undo of a large operation, to take it back, and to redo it. */
export async function* undo({ scale, folder, dataset }: Bench): AsyncGenerator<Figure> {
  const copy = copyDataset(await dataset(scale.small), join(folder, 'undo'))
  const { actor } = copy
  const size = scale.small
  const figures = await withDatabase(copy, async (db) => {
    const reports = report(size, 1, { system: 'Windows 11', hour: '09' })
    await syncAgents(db, actor, 'Bench', reports, paced())
    const moved = await perform(db, actor, (tx) => moveAll(tx, actor))
    const set = await perform(db, actor, (tx) => setEverywhere(tx))
    return [
      ...(await measure(db, actor, moved, `Move of ${size} computers`)),
      ...(await measure(db, actor, set, `A preference of ${size} tenants`)),
    ]
  })
  yield* figures
}

const perform = (db: Db, actor: Actor, write: (tx: Tx) => Promise<unknown>) =>
  operation(db, actor, 'bench.write', async (tx) => {
    await write(tx)
    return tx.operation.id
  })

async function moveAll(tx: Tx, actor: Actor) {
  const rows = await everyTenant(tx).selectFrom('computer').select('id').execute()
  const ids = rows.map(({ id }) => id)
  const choice = { tenant_id: TARGET, tag_id: null, person: null, whole: false, reason: null }
  await runBatch(tx, actor, { action: 'change_tenant', ids, ...choice }, paced())
}

async function setEverywhere(tx: Tx) {
  const tenants = await everyTenant(tx)
    .selectFrom('tenant')
    .select('id')
    .where('id', '>', ROOT_ID)
    .execute()
  const ids = tenants.map(({ id }) => id)
  await everyTenantTx(tx).deleteFrom('preference_entry').where('key', '=', KEY).execute()
  await insertEntries(tx, ids, KEY)
}

async function measure(db: Db, actor: Actor, id: number, name: string) {
  const seen = await timed(async () => {
    const { refusal } = await foreseeUndo(db, actor, id)
    if (refusal !== null) throw new Error(refusal)
  })
  const undone = await timed(() => takeBack(db, actor, id, null))
  const redone = await timed(() => takeBack(db, actor, undone.result, null))
  const longest = Math.max(seen.loop_ms, undone.loop_ms, redone.loop_ms)
  return [
    figure(`${name}: undo foreseen`, seen.seconds, 's', { at_most: 2 }),
    figure(`${name}: undo foreseen, CPU time`, seen.cpu_seconds, 's', null),
    figure(`${name}: undone`, undone.seconds, 's', { at_most: 2 }),
    figure(`${name}: undone, CPU time`, undone.cpu_seconds, 's', null),
    figure(`${name}: redone`, redone.seconds, 's', { at_most: 2 }),
    figure(`${name}: redone, CPU time`, redone.cpu_seconds, 's', null),
    figure(`${name}: longest wait of others`, longest, 'ms', { at_most: 100 }),
  ]
}
