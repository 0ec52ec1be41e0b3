import type { SystemTx } from '../db/operation.ts'
import { everyTenantTx } from '../db/scope-guard.ts'
import type { Pace } from '../pace.ts'
import { zonesOf } from '../schedules/tenant-zones.ts'
import { type Opened, type Opening, type Term, openSessions } from './open.ts'
import { endPostponed } from './postponed.ts'
import type { Round } from './round.ts'

/**
 * Fills a window that has just been recorded as open, and says how many sessions it has. One without
 * any is skipped; one whose sessions all are closes at once.
 */
export async function fillWindow(
  tx: SystemTx,
  round: Round,
  id: number,
  opening: Opening,
  term: Term,
  pace: Pace,
) {
  const opened = await openSessions(tx, round, id, opening, term, pace)
  await endPostponed(tx, { ...opening, window_id: id }, round.now)
  if (opened.sessions === 0) await recordNobody(tx, id, opening, opened, round.now)
  else if (opened.ahead === 0) await end(tx, id, { state: 'closed' }, round.now)
  return opened
}

/**
 * A window that covers nobody tells something where the schedule has just this zone, or where its
 * target is gone. Of several zones, some may have no computer: there, nothing happened.
 */
async function recordNobody(
  tx: SystemTx,
  id: number,
  { schedule, times, zone, zones }: Opening,
  { problem }: Opened,
  now: string,
) {
  const all = await zonesOf(tx, zones, times, schedule.path)
  if (all.size === 1 || (problem && zone === zones.at(schedule.path)))
    return end(tx, id, { state: 'skipped', reason: problem || 'It covers no computer.' }, now)
  await everyTenantTx(tx).deleteFrom('maintenance_window').where('id', '=', id).execute()
}

type Outcome = { state: 'closed' } | { state: 'skipped'; reason: string }

const end = (tx: SystemTx, id: number, outcome: Outcome, closed_at: string) =>
  everyTenantTx(tx)
    .updateTable('maintenance_window')
    .set({ ...outcome, closed_at })
    .where('id', '=', id)
    .execute()
