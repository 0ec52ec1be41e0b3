import type { Db, Reads } from '../db/connection.ts'
import { type SystemTx, system } from '../db/operation.ts'
import { everyTenant } from '../db/scope-guard.ts'
import type { Pace } from '../pace.ts'
import { type OwnedSchedule, findSchedules } from '../schedules/queries.ts'
import { type Outcome, endSome, endWindows, listAhead } from './ending.ts'

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
        await noteClosed(tx, id)
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
  const outcome: Outcome = waits
    ? { state: 'postponed', reason: `${ENDED} It waits for the next.`, ended_at: null }
    : { state: 'missed', reason: ENDED, ended_at: now }
  return endSome(tx, (limit) => listAhead(tx, window_id, limit), outcome, pace)
}

const ENDED = 'The window ended before it started.'

/** Another may wait for its end. */
const noteClosed = (tx: SystemTx, window_id: number) =>
  tx
    .insertInto('window_to_settle')
    .values({ window_id })
    .onConflict((oc) => oc.doNothing())
    .execute()
