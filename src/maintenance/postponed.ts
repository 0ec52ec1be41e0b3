import type { Reads } from '../db/connection.ts'
import type { SystemTx } from '../db/operation.ts'
import { prepared } from '../db/prepared.ts'
import { everyTenant, everyTenantTx } from '../db/scope-guard.ts'
import { isPostponed } from '../db/session-table.ts'
import type { OwnedSchedule } from '../schedules/queries.ts'

/** A window that has just opened, by what tells which postponed sessions it makes up for. */
type Successor = { window_id: number; schedule: OwnedSchedule; times_of: number; zone: string }

const isAnyPostponed = prepared((db, { schedule_id }: { schedule_id: number }) =>
  everyTenant(db)
    .selectFrom('maintenance_session')
    .select('id')
    .where('schedule_id', '=', schedule_id)
    .where(isPostponed)
    .limit(1),
)

/**
 * Ends the sessions that waited for this window: it takes over those of the computers that it covers;
 * the others have waited in vain.
 */
export async function endPostponed(
  tx: SystemTx,
  { window_id, schedule, times_of, zone }: Successor,
  now: string,
) {
  if ((await isAnyPostponed(tx, { schedule_id: schedule.id })).length === 0) return
  const postponed = () =>
    everyTenantTx(tx)
      .updateTable('maintenance_session')
      .where('schedule_id', '=', schedule.id)
      .where(isPostponed)
      .where('window_id', '<>', window_id)
  await postponed()
    .set({ state: 'skipped', reason: 'Taken over by the next window.', ended_at: now })
    .where('computer_id', 'in', (eb) =>
      eb
        .selectFrom('maintenance_session as own')
        .select('own.computer_id')
        .where('own.window_id', '=', window_id),
    )
    .execute()
  await postponed()
    .set({ state: 'missed', reason: 'The next window does not cover it any more.', ended_at: now })
    .where('window_id', 'in', (eb) =>
      eb
        .selectFrom('maintenance_window as earlier')
        .select('earlier.id')
        .where('earlier.schedule_id', '=', schedule.id)
        .where('earlier.override_id', '=', times_of)
        .where('earlier.zone', '=', zone),
    )
    .execute()
}

/** Postponed sessions of schedules that have no window to come in their zone. */
const inVain = (db: Reads) =>
  everyTenant(db)
    .selectFrom('maintenance_session as session')
    .innerJoin('maintenance_window as earlier', 'earlier.id', 'session.window_id')
    .select('session.id')
    .where('session.state', '=', 'postponed')
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('next_window as next')
            .select('next.schedule_id')
            .whereRef('next.schedule_id', '=', 'earlier.schedule_id')
            .whereRef('next.override_id', '=', 'earlier.override_id')
            .whereRef('next.zone', '=', 'earlier.zone'),
        ),
      ),
    )
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('maintenance_window as queued')
            .select('queued.id')
            .whereRef('queued.schedule_id', '=', 'earlier.schedule_id')
            .whereRef('queued.override_id', '=', 'earlier.override_id')
            .whereRef('queued.zone', '=', 'earlier.zone')
            .where('queued.state', '=', 'queued'),
        ),
      ),
    )

/** Ends the sessions that wait for a window that will not come. */
export async function endWaitingInVain(tx: SystemTx, now: string) {
  await everyTenantTx(tx)
    .updateTable('maintenance_session')
    .set({ state: 'missed', reason: 'There is no next window.', ended_at: now })
    .where('id', 'in', inVain(tx))
    .execute()
}
