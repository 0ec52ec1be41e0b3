import type { Reads } from '../db/connection.ts'
import type { SystemTx } from '../db/operation.ts'
import { prepared } from '../db/prepared.ts'
import { everyTenant, everyTenantTx } from '../db/scope-guard.ts'
import type { Pace } from '../pace.ts'
import { missingTarget } from '../schedules/missing.ts'
import { zonesOf } from '../schedules/tenant-zones.ts'
import { endWindows, hasSessionsLeft } from './ending.ts'
import { type Opened, type Opening, type Unfilled, openSessions } from './open.ts'
import { endPostponed } from './postponed.ts'
import type { Round } from './round.ts'

/**
 * Fills windows that have just been recorded as open, and says how many sessions each has. One
 * without any is skipped; one whose sessions all are over closes at once.
 */
export async function fillWindows(
  tx: SystemTx,
  round: Round,
  windows: readonly Unfilled[],
  pace: Pace,
): Promise<Opened[]> {
  const opened = await openSessions(tx, round, windows, pace)
  await endPostponed(tx, round, windows, pace)
  const over: number[] = []
  for (const [at, { id, opening, term }] of windows.entries()) {
    // Until it begins, computers may come to what detection found.
    if (term.starts_at > round.now) continue
    const one = opened[at]!
    if (one.sessions === 0) {
      one.problem ||= await missingTarget(tx, opening.schedule)
      await recordNobody(tx, round, { id, opening, problem: one.problem })
    } else if (one.ahead === 0) over.push(id)
  }
  if (over.length > 0) await endWindows(tx, over, { state: 'closed' }, round.now)
  return opened
}

/**
 * Fills a window anew that was filled before. `drop` ends the sessions that it is not to have any
 * more.
 */
export async function refillWindow(
  tx: SystemTx,
  round: Round,
  window: Unfilled,
  drop: () => Promise<void>,
  pace: Pace,
) {
  const [opened] = await openSessions(tx, round, [window], pace)
  await drop()
  await endPostponed(tx, round, [window], pace)
  const { id, opening } = window
  if (!(await hasSessions(tx, id))) {
    const problem = opened!.problem || (await missingTarget(tx, opening.schedule))
    await recordNobody(tx, round, { id, opening, problem })
  } else if (!(await hasSessionsLeft(tx, id)))
    await endWindows(tx, [id], { state: 'closed' }, round.now)
}

/** What becomes of a window that begins and has no session. */
export async function settleEmpty(tx: SystemTx, round: Round, { id }: { id: number }) {
  if (await hasSessions(tx, id)) return
  await endWindows(tx, [id], { state: 'skipped', reason: NOBODY }, round.now)
}

const sessionOf = prepared((db, { window_id }: { window_id: number }) =>
  everyTenant(db)
    .selectFrom('maintenance_session')
    .select('id')
    .where('window_id', '=', window_id)
    .limit(1),
)

const hasSessions = async (db: Reads, window_id: number) =>
  (await sessionOf(db, { window_id })).length > 0

const NOBODY = 'It covers no computer.'

/**
 * A window that covers nobody tells something where the schedule has just this zone, or where its
 * target is gone. Of several zones, some may have no computer: there, nothing happened.
 */
async function recordNobody(
  tx: SystemTx,
  round: Round,
  { id, opening, problem }: { id: number; opening: Opening; problem: string },
) {
  if (!(await isTold(tx, round, opening, problem !== '')))
    await everyTenantTx(tx).deleteFrom('maintenance_window').where('id', '=', id).execute()
  else {
    const reason = problem || NOBODY
    await endWindows(tx, [id], { state: 'skipped', reason }, round.now)
  }
}

async function isTold(
  tx: SystemTx,
  round: Round,
  { schedule, times, zone }: Opening,
  isGone: boolean,
) {
  if (times.zone_of === 'fixed') return true
  const zones = await round.zones(tx)
  if (isGone && zone === zones.at(schedule.path)) return true
  return (await zonesOf(tx, zones, times, schedule.path)).size === 1
}
