import type { ExpressionBuilder, UpdateObject } from 'kysely'
import { type Asker, requireTenant, visibleScope } from '../../access/visible.ts'
import type { Reads } from '../../db/connection.ts'
import type { Tx } from '../../db/operation.ts'
import type { Schema } from '../../db/schema.ts'
import { type Scope, inScope } from '../../db/scope.ts'
import { idTable } from '../../db/search.ts'
import { type BatchLine, requireWhole } from '../../jobs/batch.ts'
import { type Pace, chunks } from '../../pace.ts'
import { stripComputers, tagComputers, untagComputers } from '../../tags/carriers.ts'
import { dropTagsBeforeMove } from '../../tags/moves.ts'
import { findTag } from '../../tags/queries.ts'
import { type Batch, isOfTag, permissionsFor } from './actions.ts'
import { type Judgement, openJudge, stateAfter } from './judges.ts'
import { placeAt } from '../place.ts'
import { loadSelection } from './selection.ts'

/** With triggers and indexes this many rows take some 10 ms. */
const WRITTEN_AT_ONCE = 250

export type PlannedLine = BatchLine & Judgement & { id: number; tenant_id: number }

/** What the action would do to each computer. Only reads. */
export async function planBatch(db: Reads, asker: Asker, batch: Batch, pace: Pace) {
  const selected = await loadSelection(db, asker, batch.ids, pace)
  const judge = await openJudge(db, asker, batch)
  const lines: PlannedLine[] = []
  for (const computer of selected) {
    const { id, name, tenant_id, serial_number } = computer
    lines.push({ id, tenant_id, name, code: serial_number, ...(await judge(computer)) })
    await pace(lines.length, selected.length)
  }
  return lines
}

/**
 * Does the action under the open operation: with all that do not refuse it, or, if the batch is to
 * be whole, with all or none. Throws Conflict when it cannot be whole.
 */
export async function runBatch(tx: Tx, asker: Asker, batch: Batch, pace: Pace) {
  const plan = await planBatch(tx, asker, batch, () => pace(0, 0))
  requireWhole(plan, batch.whole, 'computers')
  const doing = plan.filter(({ outcome }) => outcome === 'done')
  const scope = visibleScope(asker, permissionsFor[batch.action])
  let written = 0
  for (const some of chunks(doing, WRITTEN_AT_ONCE)) {
    await write(tx, asker, scope, batch, some)
    await pace((written += some.length), doing.length)
  }
  return plan
}

async function write(tx: Tx, asker: Asker, scope: Scope, batch: Batch, lines: PlannedLine[]) {
  if (batch.action === 'purge') return purge(tx, scope, idsOf(lines))
  if (isOfTag(batch.action)) return writeTags(tx, asker, scope, batch, idsOf(lines))
  if (batch.action === 'change_tenant')
    await dropTagsBeforeMove(tx, scope, idsOf(lines), batch.tenant_id!)
  if (batch.action !== 'set_person')
    return update(tx, scope, idsOf(lines), await columnsOf(tx, asker, batch))
  const groups = Map.groupBy(lines, ({ person_id }) => person_id ?? null)
  for (const [primary_person_id, some] of groups)
    await update(tx, scope, idsOf(some), () => ({ primary_person_id }))
}

async function writeTags(
  tx: Tx,
  asker: Asker,
  scope: Scope,
  { action, tag_id }: Batch,
  ids: string,
) {
  if (action === 'remove_tag') return untagComputers(tx, scope, ids, tag_id!)
  const tag = await findTag(tx, asker, 'computer.view', tag_id!)
  return tagComputers(tx, scope, ids, tag!)
}

const idsOf = (lines: PlannedLine[]) => JSON.stringify(lines.map(({ id }) => id))

async function columnsOf(tx: Tx, asker: Asker, { action, tenant_id }: Batch): Promise<Columns> {
  const state = stateAfter(action)
  if (state) return () => ({ state })
  // Whoever was its primary person is of the tenant that it leaves. Its agents go with it.
  const target = await requireTenant(tx, asker, 'computer.move', tenant_id!)
  return (eb) => ({ ...placeAt(eb, target), primary_person_id: null })
}

type Columns = (eb: ExpressionBuilder<Schema, 'computer'>) => UpdateObject<Schema, 'computer'>

async function update(tx: Tx, scope: Scope, ids: string, columns: Columns) {
  await tx
    .updateTable('computer')
    .set((eb) => ({ ...columns(eb), version: eb('version', '+', 1) }))
    .where('computer.id', 'in', (eb) => eb.selectFrom(idTable(ids)).select('listed.id'))
    .where(inScope(scope, 'computer.tenant_id'))
    .execute()
}

async function purge(tx: Tx, scope: Scope, ids: string) {
  await tx
    .deleteFrom('agent')
    .where('agent.computer_id', 'in', (eb) => eb.selectFrom(idTable(ids)).select('listed.id'))
    .where(inScope(scope, 'agent.tenant_id'))
    .execute()
  await stripComputers(tx, scope, ids)
  await tx
    .deleteFrom('computer')
    .where('computer.id', 'in', (eb) => eb.selectFrom(idTable(ids)).select('listed.id'))
    .where(inScope(scope, 'computer.tenant_id'))
    .execute()
}
