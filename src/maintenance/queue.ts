import type { Reads } from '../db/connection.ts'
import type { SystemTx } from '../db/operation.ts'
import { prepared } from '../db/prepared.ts'
import { everyTenant, everyTenantTx } from '../db/scope-guard.ts'
import { isUnfinished } from '../db/session-table.ts'
import type { Pace } from '../pace.ts'
import { findSchedule } from '../schedules/queries.ts'
import { addElapsed, elapsedMinutes } from '../schedules/windows.ts'
import type { Term } from './open.ts'
import { fillWindow } from './opened.ts'
import { type PlaceKey, findPlace } from './place.ts'
import type { Round } from './round.ts'

const openOrQueued = prepared((db, { schedule_id, override_id, zone }: PlaceKey) =>
  everyTenant(db)
    .selectFrom('maintenance_window')
    .selectAll()
    .where('schedule_id', '=', schedule_id)
    .where('override_id', '=', override_id)
    .where('zone', '=', zone)
    .where(isUnfinished)
    .orderBy('local_start'),
)

/** The windows of the same times that are open, or wait for their turn; the first on the clock first. */
export const listUnfinished = (db: Reads, { schedule_id, override_id, zone }: PlaceKey) =>
  openOrQueued(db, { schedule_id, override_id, zone })

type Row = Awaited<ReturnType<typeof openOrQueued>>[number]

/**
 * Opens the window that waits for its turn, if none of the same times is open any more. One whose
 * time is over before its turn comes is skipped, unless it was to be caught up with anyway.
 */
export async function openNextQueued(tx: SystemTx, round: Round, key: PlaceKey, pace: Pace) {
  while (true) {
    const rows = await listUnfinished(tx, key)
    const next = rows.find(({ state }) => state === 'queued')
    if (!next || rows.some(({ state }) => state === 'open')) return
    const problem = await openQueued(tx, round, next, pace)
    if (problem) await skip(tx, next.id, problem, round.now)
  }
}

/** Opens it, or says why it does not. */
async function openQueued(tx: SystemTx, round: Round, row: Row, pace: Pace) {
  if (row.cause === 'due' && row.ends_at <= round.now)
    return 'Its time was over before the window before it was.'
  const schedule = await findSchedule(tx, row.schedule_id)
  if (schedule?.state !== 'enabled') return 'Its schedule was disabled before its turn came.'
  const place = await findPlace(tx, round, schedule, row)
  if (!place) return 'Its times did not count any more when its turn came.'
  const term = termOf(row, round.now)
  await everyTenantTx(tx)
    .updateTable('maintenance_window')
    .set({ state: 'open', ...term, reason: '' })
    .where('id', '=', row.id)
    .execute()
  const opening = { ...place, local_start: row.local_start }
  await fillWindow(tx, round, row.id, opening, { ...term, cause: row.cause }, pace)
  return ''
}

/** What was missed gets its usual length; all else keeps its end. */
function termOf({ cause, starts_at, ends_at, detect_at }: Row, now: string): Omit<Term, 'cause'> {
  if (cause === 'caught_up') {
    const length = elapsedMinutes(starts_at, ends_at)
    return { starts_at: now, ends_at: addElapsed(now, length), detect_at: now }
  }
  return { starts_at: starts_at > now ? starts_at : now, ends_at, detect_at }
}

const skip = (tx: SystemTx, id: number, reason: string, now: string) =>
  everyTenantTx(tx)
    .updateTable('maintenance_window')
    .set({ state: 'skipped', reason, closed_at: now })
    .where('id', '=', id)
    .execute()
