import { type Asker, visibleScope } from '../../access/visible.ts'
import type { Reads } from '../../db/connection.ts'
import type { Tx } from '../../db/operation.ts'
import { type Scope, inScope } from '../../db/scope.ts'
import { idTable } from '../../db/search.ts'
import { type Pace, chunks } from '../../pace.ts'
import { type BatchLine, requireWhole } from '../../jobs/batch.ts'
import { stripTenants, tagTenants, untagTenants } from '../../tags/carriers.ts'
import { dropTagsOfFormerParents } from '../../tags/moves.ts'
import { findTag } from '../../tags/queries.ts'
import { forgetAliases } from '../aliases.ts'
import { type Batch, isOfTag, permissionsFor } from './actions.ts'
import { openJudge } from './judges.ts'
import { loadSelection } from './selection.ts'

const JUDGED_AT_ONCE = 500
/** With triggers and indexes this many rows take some 10 ms. */
const WRITTEN_AT_ONCE = 250

type PlannedLine = BatchLine & { id: number }

/**
 * What the action would do to each tenant, level by level, the deepest first. Only reads. What a
 * tenant refuses is said, and the rest stands.
 */
export async function planBatch(db: Reads, asker: Asker, batch: Batch, pace: Pace) {
  const levels = await loadSelection(db, asker, batch.ids, pace)
  const judge = await openJudge(db, asker, batch, pace)
  const total = levels.reduce((sum, level) => sum + level.length, 0)
  let judged = 0
  const plan: PlannedLine[][] = []
  for (const level of levels) {
    const lines: PlannedLine[] = []
    for (const some of chunks(level, JUDGED_AT_ONCE)) {
      const verdicts = await judge(some)
      for (const [index, { id, name, slug }] of some.entries())
        lines.push({ id, name, code: slug, ...verdicts[index]! })
      await pace((judged += some.length), total)
    }
    plan.push(lines)
  }
  return plan
}

/**
 * Does the action under the open operation: with all that do not refuse it, or, if the batch is to
 * be whole, with all or none. Throws Conflict when it cannot be whole. Level by level, so that
 * the log has children before their parents, as an undo needs it.
 */
export async function runBatch(tx: Tx, asker: Asker, batch: Batch, pace: Pace) {
  const plan = await planBatch(tx, asker, batch, () => pace(0, 0))
  requireWhole(plan.flat(), batch.whole, 'tenants')
  const levels = plan.map((lines) => lines.filter(({ outcome }) => outcome === 'done'))
  const total = levels.reduce((sum, level) => sum + level.length, 0)
  let written = 0
  for (const level of levels)
    for (const some of chunks(level, WRITTEN_AT_ONCE)) {
      const ids = some.map(({ id }) => id)
      await write(tx, asker, batch, JSON.stringify(ids))
      await pace((written += ids.length), total)
    }
  return plan.flat()
}

async function write(tx: Tx, asker: Asker, batch: Batch, ids_json: string) {
  const scope = visibleScope(asker, permissionsFor[batch.action])
  const admitted = inScope(scope, 'tenant.path')
  if (isOfTag(batch.action)) return writeTags(tx, asker, scope, batch, ids_json)
  if (batch.action === 'delete') {
    await stripTenants(tx, scope, ids_json)
    await forgetAliases(tx, ids_json)
    await tx
      .deleteFrom('tenant')
      .where(admitted)
      .where('id', 'in', (eb) => eb.selectFrom(idTable(ids_json)).select('id'))
      .execute()
  } else {
    await tx
      .updateTable('tenant')
      .set((eb) => ({ ...columnsOf(batch), version: eb('version', '+', 1) }))
      .where(admitted)
      .where('id', 'in', (eb) => eb.selectFrom(idTable(ids_json)).select('id'))
      .execute()
    if (batch.action === 'set_parent')
      await dropTagsOfFormerParents(tx, JSON.parse(ids_json) as number[])
  }
}

async function writeTags(tx: Tx, asker: Asker, scope: Scope, batch: Batch, ids_json: string) {
  const { action, tag_id, covers_children } = batch
  if (action === 'remove_tag') return void (await untagTenants(tx, scope, ids_json, tag_id!))
  const tag = await findTag(tx, asker, 'tenant.view', tag_id!)
  await tagTenants(tx, scope, ids_json, tag!, covers_children)
}

function columnsOf({ action, parent_id, kind }: Batch) {
  if (action === 'set_parent') return { parent_id: parent_id! }
  if (action === 'set_kind') return { kind: kind! }
  return { active: Number(action === 'activate') }
}
