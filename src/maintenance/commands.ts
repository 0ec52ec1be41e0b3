import type { Selectable } from 'kysely'
import { type Asker, requireTenant } from '../access/visible.ts'
import type { Tx } from '../db/operation.ts'
import type { MaintenanceSessionTable } from '../db/schedule-schema.ts'
import type { VisibleTenant } from '../db/scope.ts'
import { Conflict, Forbidden } from '../errors.ts'
import { type Pace, paced } from '../pace.ts'
import { findSchedule, getSchedule } from '../schedules/queries.ts'
import { endSessions, endSome, endWindows } from './ending.ts'
import { type Cancellable, findCancellable, getSession, getWindow } from './queries.ts'
import { lockOn, mayRunThese, mayRunThroughout } from './reach.ts'
import { newRound } from './round.ts'
import { findFree, openNow } from './run-now.ts'
import { unended } from './words.ts'

/**
 * Runs a schedule now, for its usual length, also one that is disabled: opens a window for each of
 * its times and zones that has none open, with sessions for the computers where the asker may run
 * schedules. Returns the windows, and how many sessions are to come. Throws Conflict for a schedule
 * that is deleted, that is open already, or of which nothing would start.
 */
export async function runNow(
  tx: Tx,
  asker: Asker,
  schedule_id: number,
  reason: string,
  pace: Pace = paced(),
) {
  const schedule = await getSchedule(tx, asker, schedule_id, 'schedule.run')
  const { name } = schedule
  if (schedule.state === 'deleted') throw new Conflict(`“${name}” is deleted. Restore it first.`)
  const at = await requireTenant(tx, asker, 'schedule.run', schedule.tenant_id)
  // Operations never go back in time, even where the clock does: windows follow the clock.
  const round = newRound(tx.operation.clock)
  const { free, open } = await findFree(tx, round, schedule)
  const { id } = await tx
    .insertInto('maintenance_order')
    .values({ tenant_id: at, verb: 'run', schedule_id, reason })
    .returning('id')
    .executeTakeFirstOrThrow()
  const run = await openNow(tx, asker, free, { schedule, round, id, reason, pace })
  if (run.sessions === 0 && open > 0)
    throw new Conflict(`“${name}” has a window that is open. Cancel it first.`)
  if (run.sessions === 0) throw new Conflict(run.problem)
  return { window_ids: run.window_ids, sessions: run.sessions }
}

/** Some of the sessions of a window that are not over, and that the asker may cancel. */
const listUnended = (tx: Tx, asker: Asker, window_id: number, limit: number) =>
  tx
    .selectFrom('maintenance_session as session')
    .select('session.id')
    .where('session.window_id', '=', window_id)
    .where('session.state', 'in', unended)
    .where((eb) => eb.and(mayRunThese(asker, 'session.tenant_id')))
    .limit(limit)
    .execute()

/**
 * Cancels a window that is open or queued, with the sessions of it that are not over and are where
 * the asker may run schedules. Whoever may not do so throughout the branch of its owner cancels these
 * sessions alone, and the window goes on. Returns which it was, and how many sessions were cancelled.
 */
export async function cancelWindow(
  tx: Tx,
  asker: Asker,
  id: number,
  reason: string,
  pace: Pace = paced(),
) {
  const window = await getWindow(tx, asker, id, 'schedule.run')
  if (window.closed_at !== null) throw new Conflict('This window is over already.')
  const at = await requireTenant(tx, asker, 'schedule.run', window.tenant_id)
  const is_whole = mayRunThroughout(asker, window.path)
  // Whoever reads a session need not be meant by what was written about the window.
  const ended = {
    state: 'cancelled',
    reason: is_whole ? 'Its window was cancelled.' : 'Somebody cancelled it.',
    ended_at: tx.operation.at,
  } as const
  const sessions = await endSome(tx, (limit) => listUnended(tx, asker, id, limit), ended, pace)
  if (!is_whole && sessions === 0)
    throw new Conflict('There is no session in this window that you may cancel.')
  const verb = is_whole ? 'cancel_window' : 'cancel_sessions'
  const { schedule_id } = window
  await tx
    .insertInto('maintenance_order')
    .values({ tenant_id: at, verb, schedule_id, window_id: id, reason })
    .execute()
  if (is_whole) {
    const outcome = { state: 'cancelled', reason: reasonOf(window, reason) } as const
    await endWindows(tx, [id], outcome, tx.operation.at)
  }
  return { is_whole, sessions }
}

/**
 * Cancels what is open or queued of a schedule, each window as `cancelWindow`: those in which there is
 * something that the asker may cancel. Returns what that was.
 */
export async function cancelWindows(
  tx: Tx,
  asker: Asker,
  schedule_id: number,
  reason: string,
  pace: Pace,
): Promise<Cancellable> {
  const schedule = await getSchedule(tx, asker, schedule_id, 'schedule.run')
  const { are_whole, windows } = await findCancellable(tx, asker, schedule)
  const cancelled: Cancellable['windows'] = []
  for (const window of windows) {
    const { sessions } = await cancelWindow(tx, asker, window.id, reason, pace)
    cancelled.push({ ...window, sessions })
  }
  return { are_whole, windows: cancelled }
}

/** A window that somebody opened goes on to say why. */
const reasonOf = ({ cause, reason }: { cause: string; reason: string }, given: string) =>
  cause !== 'run_now' || reason === '' ? given : given ? `${reason} (cancelled: ${given})` : reason

/** Cancels one session that is not over yet. Throws Forbidden for one that a lock above holds. */
export async function cancelSession(tx: Tx, asker: Asker, id: number, reason: string) {
  const session = await getSession(tx, asker, id, 'schedule.run')
  if (session.ended_at !== null) throw new Conflict('This session is over already.')
  const lock = lockOn(asker, session, await findSchedule(tx, session.schedule_id))
  if (lock) throw new Forbidden(lock)
  await cancelSessions(tx, asker, [session], reason)
}

/** A session, where it is and of what. */
export type PlacedSession = Pick<
  Selectable<MaintenanceSessionTable>,
  'id' | 'tenant_id' | 'schedule_id' | 'window_id'
>

/** Cancels sessions that are not over, and that no lock holds: found to be so in this transaction. */
export async function cancelSessions(
  tx: Tx,
  asker: Asker,
  sessions: PlacedSession[],
  reason: string,
) {
  const ids = [...new Set(sessions.map(({ tenant_id }) => tenant_id))]
  const places = new Map<number, VisibleTenant<'schedule.run'>>()
  for (const id of ids) places.set(id, await requireTenant(tx, asker, 'schedule.run', id))
  const verb = 'cancel_session'
  await tx
    .insertInto('maintenance_order')
    .values(
      sessions.map(({ id: session_id, tenant_id, schedule_id, window_id }) => {
        return {
          tenant_id: places.get(tenant_id)!,
          verb,
          schedule_id,
          window_id,
          session_id,
          reason,
        }
      }),
    )
    .execute()
  await endSessions(tx, sessions, {
    state: 'cancelled',
    reason: reason || 'Somebody cancelled it.',
    ended_at: tx.operation.at,
  })
}
