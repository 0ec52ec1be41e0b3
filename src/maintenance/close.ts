import type { Db, Reads } from '../db/connection.ts'
import { type SystemTx, system } from '../db/operation.ts'
import { prepared } from '../db/prepared.ts'
import { everyTenant } from '../db/scope-guard.ts'
import { isUnfinished } from '../db/session-table.ts'
import type { Pace } from '../pace.ts'
import { type OwnedSchedule, findSchedules } from '../schedules/queries.ts'
import { type Outcome, endSome, endWindows, listAhead } from './ending.ts'
import { takenOver } from './postponed.ts'

/** Windows that are closed in one transaction, fewer where so many sessions end with them. */
const AT_ONCE = 100
const ENOUGH = 5000

type Ended = { id: number; schedule_id: number }

/**
 * Closes every window whose time is over. What has not started in it is missed, or waits for the
 * next window, as its schedule says. Returns whether there was any.
 */
export async function closeEndedWindows(db: Db, now: string, pace: Pace) {
  for (let count = 0; ; count++) {
    const ended = await listEnded(db, now)
    if (ended.length === 0) return count > 0
    await system(db, async (tx) => {
      const schedules = await findSchedules(
        tx,
        ended.map(({ schedule_id }) => schedule_id),
      )
      let sessions = 0
      for (const { id, schedule_id } of ended) {
        const closed = await endWindows(tx, [id], { state: 'closed' }, now)
        if (closed.length === 0) continue
        sessions += await endWaiting(tx, id, schedules.get(schedule_id), now, pace)
        if (sessions >= ENOUGH) break
      }
    })
  }
}

const listEnded = (db: Reads, now: string): Promise<Ended[]> =>
  everyTenant(db)
    .selectFrom('maintenance_window')
    .select(['id', 'schedule_id'])
    .where('state', '=', 'open')
    .where('ends_at', '<=', now)
    .orderBy('ends_at')
    .limit(AT_ONCE)
    .execute()

/** What becomes of the sessions of a window that ends before they could start. */
async function endWaiting(
  tx: SystemTx,
  window_id: number,
  schedule: OwnedSchedule | undefined,
  now: string,
  pace: Pace,
) {
  const waits = schedule?.unfinished === 'wait' && schedule.state === 'enabled'
  const taken = waits
    ? await endTakenOver(tx, { id: window_id, schedule_id: schedule.id }, now, pace)
    : 0
  const outcome: Outcome = waits
    ? { state: 'postponed', reason: `${ENDED} It waits for the next.`, ended_at: null }
    : { state: 'missed', reason: ENDED, ended_at: now }
  return taken + (await endSome(tx, (limit) => listAhead(tx, window_id, limit), outcome, pace))
}

/** The next window may be open already: detection may have found it before this one ended. */
async function endTakenOver(tx: SystemTx, { id, schedule_id }: Ended, now: string, pace: Pace) {
  let count = 0
  for (const next of await openOf(tx, { schedule_id }))
    count += await endSome(tx, (limit) => listAlsoIn(tx, next.id, id, limit), takenOver(now), pace)
  return count
}

const openOf = prepared((db, { schedule_id }: { schedule_id: number }) =>
  everyTenant(db)
    .selectFrom('maintenance_window')
    .select('id')
    .where('schedule_id', '=', schedule_id)
    .where(isUnfinished)
    .where('state', '=', 'open')
    // In the order of the index of those that are not over.
    .orderBy('override_id')
    .orderBy('zone')
    .orderBy('local_start'),
)

/** Some of the sessions of a window that have not started, and are to come in the next one. */
const listAlsoIn = (db: Reads, next_id: number, id: number, limit: number) =>
  everyTenant(db)
    .selectFrom('maintenance_session as session')
    .innerJoin('maintenance_session as next', 'next.computer_id', 'session.computer_id')
    .select('session.id')
    .where('session.window_id', '=', id)
    .where('session.state', 'in', ['pending', 'waiting'])
    .where('next.window_id', '=', next_id)
    .where('next.state', 'in', ['pending', 'waiting', 'running'])
    .limit(limit)
    .execute()

const ENDED = 'The window ended before it started.'
