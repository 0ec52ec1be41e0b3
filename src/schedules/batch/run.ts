import { type Asker, visibleScope } from '../../access/visible.ts'
import type { Reads } from '../../db/connection.ts'
import type { Tx } from '../../db/operation.ts'
import { allOrNothing } from '../../db/savepoint.ts'
import { inScope } from '../../db/scope.ts'
import { idTable } from '../../db/search.ts'
import { Conflict, Forbidden, Invalid, NotFound } from '../../errors.ts'
import { type BatchLine, refused, requireWhole } from '../../jobs/batch.ts'
import { cancelWindows, runNow } from '../../maintenance/commands.ts'
import type { Pace } from '../../pace.ts'
import { countOf } from '../../web/counts.ts'
import { duplicateSchedule, setScheduleState } from '../commands.ts'
import { readOwned } from '../queries.ts'
import type { Batch } from './actions.ts'
import { cancelledInWords, judge, stateAfter } from './judges.ts'

type PlannedLine = BatchLine & { id: number }

/** What the action would do to each schedule, at the moment `now`. Only reads. */
export async function planBatch(
  db: Reads,
  asker: Asker,
  { action, ids }: Batch,
  now: string,
  pace: Pace,
) {
  const selected = await loadSelection(db, asker, ids)
  const lines: PlannedLine[] = []
  for (const schedule of selected) {
    const { id, name, tenant_name } = schedule
    lines.push({ id, name, code: tenant_name, ...(await judge(db, asker, action, schedule, now)) })
    await pace(lines.length, selected.length)
  }
  return lines
}

/**
 * Does the action under the open operation: with all that do not refuse it, or, if the batch is to
 * be whole, with all or none. Throws Conflict when it cannot be whole.
 */
export async function runBatch(tx: Tx, asker: Asker, batch: Batch, pace: Pace) {
  const plan = await planBatch(tx, asker, batch, tx.operation.at, () => pace(0, 0))
  const lines: PlannedLine[] = []
  for (const line of plan) {
    lines.push(line.outcome === 'done' ? await act(tx, asker, batch, line, pace) : line)
    await pace(lines.length, plan.length)
  }
  requireWhole(lines, batch.whole, 'schedules')
  return lines
}

async function loadSelection(db: Reads, asker: Asker, ids: number[]) {
  const rows = await db
    .selectFrom(idTable(JSON.stringify(ids)))
    .innerJoin('schedule', 'schedule.id', 'listed.id')
    .innerJoin('tenant', 'tenant.id', 'schedule.tenant_id')
    .selectAll('schedule')
    .select(['tenant.name as tenant_name', 'tenant.path'])
    .where(inScope(visibleScope(asker, 'schedule.view'), 'tenant.path'))
    .orderBy('schedule.name_key')
    .orderBy('schedule.id')
    .execute()
  return rows.map(readOwned)
}

/** What only doing it can tell, such as that a name was taken meanwhile, refuses this one alone. */
async function act(tx: Tx, asker: Asker, batch: Batch, line: PlannedLine, pace: Pace) {
  try {
    return await allOrNothing(tx, async () => {
      const detail = await perform(tx, asker, batch, line.id, pace)
      return { ...line, detail: detail ?? line.detail }
    })
  } catch (error) {
    if (isRefusal(error)) return { ...line, ...refused(error) }
    throw error
  }
}

/** Does it to one schedule. Returns what came of it, unless that is what was foreseen. */
async function perform(
  tx: Tx,
  asker: Asker,
  { action, reason }: Batch,
  id: number,
  pace: Pace,
): Promise<string | undefined> {
  switch (action) {
    case 'duplicate': {
      const copy = await duplicateSchedule(tx, asker, id)
      return `“${copy.name}”, disabled. ${copy.left_out}`.trimEnd()
    }
    case 'run': {
      const { sessions } = await runNow(tx, asker, id, reason ?? '', pace)
      return countOf(sessions, 'session', 'sessions')
    }
    case 'cancel':
      return cancelledInWords(await cancelWindows(tx, asker, id, reason ?? '', pace))
    default:
      await setScheduleState(tx, asker, id, stateAfter[action])
      return undefined
  }
}

const isRefusal = (error: unknown): error is Error =>
  [Conflict, Forbidden, Invalid, NotFound].some((kind) => error instanceof kind)
