import { expressionBuilder } from 'kysely'
import type { Reads } from '../db/connection.ts'
import type { SystemTx } from '../db/operation.ts'
import type { MaintenanceWindowTable } from '../db/schedule-schema.ts'
import type { Schema } from '../db/schema.ts'
import { everyTenant } from '../db/scope-guard.ts'
import { isPostponed, isUnfinished } from '../db/session-table.ts'
import type { Pace } from '../pace.ts'
import { readZones } from '../schedules/tenant-zones.ts'
import { endSessions } from './ending.ts'
import { NO_NEXT, postponedOf } from './postponed.ts'
import { readComing } from './to-come.ts'

/** Sessions that are looked at at a time. */
const AT_ONCE = 1000

/**
 * Ends the sessions that wait for a window that will not come. Where none comes at the times and in
 * the zone at which they were, another may, for their computers may have gone over to it.
 */
export async function endWaitingInVain(tx: SystemTx, now: string, pace: Pace) {
  const windows = await listWithoutNext(tx)
  if (windows.length === 0) return
  const ids = [...new Set(windows.map(({ schedule_id }) => schedule_id))]
  const isToCome = await readComing(tx, ids, await readZones(tx, now))
  const outcome = { state: 'missed', reason: NO_NEXT, ended_at: now } as const
  for (const window of windows)
    for (let after = 0; ;) {
      const some = await listWaiting(tx, window, after)
      const inVain = some.filter((one) => !isToCome(one))
      await endSessions(tx, inVain, outcome)
      await pace(0, 0)
      if (some.length < AT_ONCE) break
      after = some.at(-1)!.id
    }
}

/** The windows of which sessions are postponed, and after which none comes like them. */
const listWithoutNext = (db: Reads) =>
  everyTenant(db)
    .selectFrom('maintenance_window as earlier')
    .select(['earlier.id', 'earlier.schedule_id'])
    .where('earlier.id', 'in', windowsLeft())
    .where((of) => of.not(of.exists(comingLike())))
    .where((of) => of.not(of.exists(unfinishedLike())))
    .execute()

const eb = expressionBuilder<Schema & { earlier: MaintenanceWindowTable }, 'earlier'>()

/** The windows of which sessions are postponed. */
const windowsLeft = () =>
  eb
    .selectFrom('maintenance_session as postponed')
    .select('postponed.window_id')
    .distinct()
    .where(isPostponed)

const comingLike = () =>
  eb
    .selectFrom('next_window as next')
    .select('next.schedule_id')
    .whereRef('next.schedule_id', '=', 'earlier.schedule_id')
    .whereRef('next.override_id', '=', 'earlier.override_id')
    .whereRef('next.zone', '=', 'earlier.zone')

/** One that is queued is to come; one that is open may be, where detection found it ahead. */
const unfinishedLike = () =>
  eb
    .selectFrom('maintenance_window as unfinished')
    .select('unfinished.id')
    .whereRef('unfinished.schedule_id', '=', 'earlier.schedule_id')
    .whereRef('unfinished.override_id', '=', 'earlier.override_id')
    .whereRef('unfinished.zone', '=', 'earlier.zone')
    .where(isUnfinished)

const listWaiting = (db: Reads, window: { id: number; schedule_id: number }, after: number) =>
  postponedOf(db, window.schedule_id)
    .where('session.window_id', '=', window.id)
    .where('session.id', '>', after)
    .orderBy('session.id')
    .limit(AT_ONCE)
    .execute()
