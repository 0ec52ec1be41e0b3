import type { Reads } from '../db/connection.ts'
import type { SystemTx } from '../db/operation.ts'
import type { MaintenanceSessionTable } from '../db/schedule-schema.ts'
import { prepared } from '../db/prepared.ts'
import { everyTenant, everyTenantTx } from '../db/scope-guard.ts'
import { idsIn } from '../db/search.ts'
import { isLeft } from '../db/session-table.ts'
import type { Pace } from '../pace.ts'

/** Sessions that are ended by one statement. */
const AT_ONCE = 1000

/** What becomes of sessions; `ended_at` is null for those that go on waiting. */
export type Outcome = Pick<MaintenanceSessionTable, 'state' | 'ended_at'> & { reason: string }

/**
 * Ends sessions some at a time, for a window may have a hundred thousand: those that `next` gives,
 * until it gives fewer than it may. It has to pass by those that have been ended. Returns how many.
 */
export async function endSome(
  tx: SystemTx,
  next: (limit: number) => Promise<{ id: number }[]>,
  outcome: Outcome,
  pace: Pace,
) {
  for (let count = 0; ;) {
    const some = await next(AT_ONCE)
    await endSessions(tx, some, outcome)
    await pace(0, 0)
    count += some.length
    if (some.length < AT_ONCE) return count
  }
}

/** Ends these sessions. */
export async function endSessions(tx: SystemTx, sessions: { id: number }[], outcome: Outcome) {
  if (sessions.length === 0) return
  await everyTenantTx(tx)
    .updateTable('maintenance_session')
    .set(outcome)
    .where('id', 'in', idsIn(sessions.map(({ id }) => id)))
    .execute()
}

const sessionsLeft = prepared((db, { window_id }: { window_id: number }) =>
  everyTenant(db)
    .selectFrom('maintenance_session')
    .select('id')
    .where('window_id', '=', window_id)
    .where(isLeft)
    .limit(1),
)

/** Whether a window has sessions that are still to come, or run. */
export const hasSessionsLeft = async (db: Reads, window_id: number) =>
  (await sessionsLeft(db, { window_id })).length > 0

const aheadIn = prepared((db, { window_id, limit }: { window_id: number; limit: number }) =>
  everyTenant(db)
    .selectFrom('maintenance_session')
    .select('id')
    .where('window_id', '=', window_id)
    .where(isLeft)
    .where('state', 'in', ['pending', 'waiting'])
    .limit(limit),
)

/** Some of the sessions of a window that have not started. */
export const listAhead = (db: Reads, window_id: number, limit: number) =>
  aheadIn(db, { window_id, limit })

/** What becomes of a window in the end. */
export type WindowEnd = { state: 'closed' } | { state: 'skipped' | 'cancelled'; reason: string }

/** Ends these windows, unless another process was first. Returns those that it ended. */
export async function endWindows(tx: SystemTx, ids: number[], end: WindowEnd, closed_at: string) {
  const ended = await everyTenantTx(tx)
    .updateTable('maintenance_window')
    .set({ ...end, closed_at })
    .where('id', 'in', idsIn(ids))
    .where('state', 'in', ['open', 'queued'])
    .returning('id')
    .execute()
  return ended.map(({ id }) => id)
}
