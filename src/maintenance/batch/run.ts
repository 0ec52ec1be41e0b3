import { permits } from '../../access/decide.ts'
import { type Asker, lacks, visibleScope } from '../../access/visible.ts'
import type { Reads } from '../../db/connection.ts'
import type { Tx } from '../../db/operation.ts'
import { inScope } from '../../db/scope.ts'
import { idTable } from '../../db/search.ts'
import { Forbidden } from '../../errors.ts'
import {
  type BatchLine,
  type Verdict,
  done,
  refused,
  requireWhole,
  unchanged,
} from '../../jobs/batch.ts'
import { type Pace, chunks } from '../../pace.ts'
import { type OwnedSchedule, findSchedule } from '../../schedules/queries.ts'
import { cancelSessions } from '../commands.ts'
import { lockOn, mayRun } from '../reach.ts'
import { sessionStates } from '../words.ts'

/** The sessions that are to be cancelled. */
export type Batch = {
  ids: number[]
  /** Nothing is done where any of the sessions refuses; else those that do not are cancelled. */
  whole: boolean
  /** Why, for the history, and for whoever reads of the session. */
  reason: string | null
  /** How many were to be cancelled when somebody confirmed it. */
  foreseen?: number | undefined
}

type PlannedLine = BatchLine & { session: Selected }

type Selected = Awaited<ReturnType<typeof loadSelection>>[number]

/** Sessions that are read at once, and that are written at once: with its order each is two rows. */
const READ_AT_ONCE = 1000
const WRITTEN_AT_ONCE = 500

/** What would become of each session. Only reads. */
export async function planBatch(db: Reads, asker: Asker, { ids }: Batch, pace: Pace) {
  const selected = await loadSelection(db, asker, ids, pace)
  const schedules = new Map<number, OwnedSchedule | undefined>()
  const lines: PlannedLine[] = []
  for (const session of selected) {
    const { schedule_id, path } = session
    if (!schedules.has(schedule_id)) schedules.set(schedule_id, await findSchedule(db, schedule_id))
    const schedule = schedules.get(schedule_id)
    const name = permits(asker.access, 'computer.view', path) ? session.computer_name : 'A computer'
    lines.push({ session, name, code: schedule?.name ?? '', ...judge(asker, session, schedule) })
    await pace(lines.length, selected.length)
  }
  return lines
}

/**
 * Cancels the sessions under the open operation: all that do not refuse it, or, if the batch is to be
 * whole, all or none. Throws Conflict when it cannot be whole.
 */
export async function runBatch(tx: Tx, asker: Asker, batch: Batch, pace: Pace) {
  const plan = await planBatch(tx, asker, batch, () => pace(0, 0))
  requireWhole(plan, batch.whole, 'sessions')
  const doing = plan.flatMap(({ outcome, session }) => (outcome === 'done' ? [session] : []))
  let written = 0
  for (const some of chunks(doing, WRITTEN_AT_ONCE)) {
    await cancelSessions(tx, asker, some, batch.reason ?? '')
    await pace((written += some.length), doing.length)
  }
  return plan
}

/** The selected sessions that are still there and that the asker may see, the latest first. */
async function loadSelection(db: Reads, asker: Asker, ids: number[], pace: Pace) {
  const found: Awaited<ReturnType<typeof readSessions>> = []
  const latestFirst = ids.toSorted((one, other) => other - one)
  for (const some of chunks(latestFirst, READ_AT_ONCE)) {
    found.push(...(await readSessions(db, asker, some)))
    await pace(0, 0)
  }
  return found
}

const readSessions = (db: Reads, asker: Asker, ids: number[]) =>
  db
    .selectFrom(idTable(JSON.stringify(ids)))
    .innerJoin('maintenance_session as session', 'session.id', 'listed.id')
    .innerJoin('computer', 'computer.id', 'session.computer_id')
    .innerJoin('tenant', 'tenant.id', 'session.tenant_id')
    .select(['session.id', 'session.tenant_id', 'session.schedule_id', 'session.window_id'])
    .select(['session.state', 'session.ended_at', 'computer.name as computer_name', 'tenant.path'])
    .where(inScope(visibleScope(asker, 'schedule.view'), 'session.tenant_id'))
    .where(inScope(visibleScope(asker, 'schedule.view'), 'tenant.path'))
    .where(inScope(visibleScope(asker, 'schedule.view'), 'computer.tenant_id'))
    .orderBy('session.id', 'desc')
    .execute()

function judge(asker: Asker, session: Selected, schedule: OwnedSchedule | undefined): Verdict {
  if (!mayRun(asker, session.path)) return refused(lacks('schedule.run'))
  if (session.ended_at !== null) return unchanged
  const lock = lockOn(asker, session, schedule)
  if (lock) return refused(new Forbidden(lock))
  return done(`${sessionStates[session.state]} → ${sessionStates.cancelled}`)
}
