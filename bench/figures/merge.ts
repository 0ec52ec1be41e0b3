import { join } from 'node:path'
import { requireTenant } from '../../src/access/visible.ts'
import { takeBack } from '../../src/audit/undo.ts'
import { syncAgents } from '../../src/computers/sync/sync.ts'
import type { Db } from '../../src/db/connection.ts'
import { operation } from '../../src/db/operation.ts'
import { planMerge } from '../../src/merging/plan.ts'
import { runMerge } from '../../src/merging/run.ts'
import { paced } from '../../src/pace.ts'
import { createPerson } from '../../src/people/commands.ts'
import { createTenant } from '../../src/tenants/commands.ts'
import type { Bench } from '../bench.ts'
import { copyDataset, type Dataset, withDatabase } from '../databases.ts'
import { type Figure, figure } from '../figure.ts'
import { timed } from '../timed.ts'

const CHILDREN = 200
const PEOPLE = 500
const COMPUTERS = 10_000

/** How long merging a large tenant takes, its preview and its undo, and how long others wait. */
export async function* merge({ scale, folder, dataset }: Bench): AsyncGenerator<Figure> {
  const copy = copyDataset(await dataset(scale.small), join(folder, 'merge'))
  const { actor } = copy
  yield* await withDatabase(copy, async (db) => {
    const [source, destination] = await plant(db, copy)
    const wanted = {
      source_ids: [source],
      destination_id: destination,
      fate: 'delete' as const,
      choices: {},
    }
    const preview = await timed(() => planMerge(db, actor, wanted, db.now(), paced()))
    const run = await timed(() =>
      operation(db, actor, 'tenant.merge', (tx) => runMerge(tx, actor, wanted, null, paced())),
    )
    const undo = await timed(() => takeBack(db, actor, run.result.operation_id, null))
    const what = `of ${COMPUTERS} computers and ${CHILDREN} children`
    return [
      figure(`Preview of a merge ${what}`, preview.seconds, 's', { at_most: 1 }),
      figure(`Preview of a merge ${what}, CPU time`, preview.cpu_seconds, 's', null),
      figure(`Merge ${what}`, run.seconds, 's', { at_most: 3 }),
      figure(`Merge ${what}, CPU time`, run.cpu_seconds, 's', null),
      figure(`Merge ${what}: longest wait of others`, run.loop_ms, 'ms', { at_most: 100 }),
      figure(`Undo of a merge ${what}`, undo.seconds, 's', { at_most: 3 }),
      figure(`Undo of a merge ${what}, CPU time`, undo.cpu_seconds, 's', null),
      figure(`Undo of a merge ${what}: longest wait of others`, undo.loop_ms, 'ms', {
        at_most: 100,
      }),
    ]
  })
}

/** A tenant that has much, and another one beside it. */
async function plant(db: Db, { actor }: Dataset): Promise<[number, number]> {
  const ids = await operation(db, actor, 'bench.plant', async (tx) => {
    const root = await requireTenant(tx, actor, 'tenant.create', 1)
    const facts = { kind: 'client' as const, description: '' }
    const source = await createTenant(tx, root, { name: 'Merged away', ...facts })
    const destination = await createTenant(tx, root, { name: 'Merged into', ...facts })
    const parent = await requireTenant(tx, actor, 'tenant.create', source)
    for (let index = 0; index < CHILDREN; index++)
      await createTenant(tx, parent, { name: `Branch ${index}`, ...facts })
    for (let index = 0; index < PEOPLE; index++) {
      const email = `person-${index}@merged.example`
      await createPerson(tx, actor, source, { name: `Person ${index}`, email, role_id: null })
    }
    return [source, destination] as [number, number]
  })
  const reports = Array.from({ length: COMPUTERS }, (_, index) => ({
    external_key: `merge-${index}`,
    tenant_id: ids[0],
    name: `WS-${index}`,
    serial_number: `MERGE${index}`,
    manufacturer: 'Dell Inc.',
    model: 'Latitude 5440',
    hardware_uuid: '',
    operating_system: 'Windows 11',
    last_seen_at: '2026-11-24T09:00:00.000Z',
  }))
  await syncAgents(db, actor, 'Bench', reports, paced())
  return ids
}
