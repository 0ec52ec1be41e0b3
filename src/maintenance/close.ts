import type { Db, Reads } from '../db/connection.ts'
import { type SystemTx, system } from '../db/operation.ts'
import { everyTenant, everyTenantTx } from '../db/scope-guard.ts'
import type { Pace } from '../pace.ts'
import { type OwnedSchedule, findSchedule } from '../schedules/queries.ts'
import { closeWindow } from './settle.ts'

/** Windows that are closed in one transaction. */
const AT_ONCE = 20

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
      for (const { id, schedule_id } of ended) {
        await endWaiting(tx, id, await findSchedule(tx, schedule_id), now)
        await closeWindow(tx, id, now)
        await noteClosed(tx, id)
        await pace(0, 0)
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
) {
  const waits = schedule?.unfinished === 'wait' && schedule.state === 'enabled'
  await everyTenantTx(tx)
    .updateTable('maintenance_session')
    .set(
      waits
        ? {
            state: 'postponed',
            reason: 'The window ended before it started. It waits for the next.',
          }
        : { state: 'missed', reason: 'The window ended before it started.', ended_at: now },
    )
    .where('window_id', '=', window_id)
    .where('state', 'in', ['pending', 'waiting'])
    .execute()
}

/** Another may wait for its end. */
const noteClosed = (tx: SystemTx, window_id: number) =>
  tx
    .insertInto('window_to_settle')
    .values({ window_id })
    .onConflict((oc) => oc.doNothing())
    .execute()
