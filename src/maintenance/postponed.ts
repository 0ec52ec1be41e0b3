import { expressionBuilder } from 'kysely'
import type { Reads } from '../db/connection.ts'
import type { SystemTx } from '../db/operation.ts'
import { prepared } from '../db/prepared.ts'
import type { MaintenanceWindowTable } from '../db/schedule-schema.ts'
import type { Schema } from '../db/schema.ts'
import { everyTenant } from '../db/scope-guard.ts'
import { idTable } from '../db/search.ts'
import { isPostponed } from '../db/session-table.ts'
import type { Pace } from '../pace.ts'
import { endSessions, endSome } from './ending.ts'
import type { Unfilled } from './open.ts'

type Listed = { ids: string }

/** Those of some schedules of which sessions wait for the next window. */
const waitingOf = prepared((db, { ids }: Listed) =>
  everyTenant(db)
    .selectFrom(idTable(ids))
    .select('listed.id')
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('maintenance_session')
          .select('maintenance_session.id')
          .whereRef('maintenance_session.schedule_id', '=', 'listed.id')
          .where(isPostponed),
      ),
    ),
)

/**
 * Ends the sessions that waited for some windows which have just opened: each takes over those of the
 * computers that it covers; the others have waited in vain.
 */
export async function endPostponed(
  tx: SystemTx,
  windows: readonly Unfilled[],
  now: string,
  pace: Pace,
) {
  const ids = [...new Set(windows.map(({ opening }) => opening.schedule.id))]
  const rows = await waitingOf(tx, { ids: JSON.stringify(ids) })
  const waiting = new Set(rows.map(({ id }) => id))
  for (const window of windows)
    if (waiting.has(window.opening.schedule.id)) await endWaitingFor(tx, window, now, pace)
}

/** Sessions that are looked at at a time. */
const AT_ONCE = 1000

async function endWaitingFor(tx: SystemTx, window: Unfilled, ended_at: string, pace: Pace) {
  for (let after = { id: 0, window_id: 0 }; ;) {
    const some = await listPostponed(tx, window, after)
    const taken = { state: 'skipped', reason: 'Taken over by the next window.', ended_at } as const
    const lost = 'The next window does not cover it any more.'
    const isTaken = ({ is_taken }: Postponed) => is_taken === 1
    const isLost = (row: Postponed) => !isTaken(row) && row.is_of_these_times === 1
    await endSessions(tx, some.filter(isTaken), taken)
    await endSessions(tx, some.filter(isLost), { state: 'missed', reason: lost, ended_at })
    await pace(0, 0)
    if (some.length < AT_ONCE) return
    after = some.at(-1)!
  }
}

type Postponed = Awaited<ReturnType<typeof listPostponed>>[number]

/** Some of the postponed sessions of earlier windows of the same schedule. */
const listPostponed = (
  db: Reads,
  { id, opening: { schedule, times_of, zone } }: Unfilled,
  after: { id: number; window_id: number },
) =>
  everyTenant(db)
    .selectFrom('maintenance_session as session')
    .select(['session.id', 'session.window_id'])
    .select((eb) => [
      eb
        .exists(
          eb
            .selectFrom('maintenance_session as own')
            .select('own.id')
            .where('own.window_id', '=', id)
            .whereRef('own.computer_id', '=', 'session.computer_id'),
        )
        .$castTo<number>()
        .as('is_taken'),
      eb
        .exists(
          eb
            .selectFrom('maintenance_window as earlier')
            .select('earlier.id')
            .whereRef('earlier.id', '=', 'session.window_id')
            .where('earlier.override_id', '=', times_of)
            .where('earlier.zone', '=', zone),
        )
        .$castTo<number>()
        .as('is_of_these_times'),
    ])
    .where('session.schedule_id', '=', schedule.id)
    .where(isPostponed)
    .where('session.window_id', '<>', id)
    .where('session.window_id', '>=', after.window_id)
    .where((eb) =>
      eb.or([eb('session.window_id', '>', after.window_id), eb('session.id', '>', after.id)]),
    )
    .orderBy('session.window_id')
    .orderBy('session.id')
    .limit(AT_ONCE)
    .execute()

/** Some of the postponed sessions of schedules that have no window to come in their zone. */
const listInVain = (db: Reads, limit: number) =>
  everyTenant(db)
    .selectFrom('maintenance_session as session')
    .select('session.id')
    .where(isPostponed)
    .where('session.window_id', 'in', (eb) =>
      eb
        .selectFrom('maintenance_window as earlier')
        .select('earlier.id')
        .where('earlier.id', 'in', windowsLeft())
        .where((of) => of.not(of.exists(comingLike())))
        .where((of) => of.not(of.exists(queuedLike()))),
    )
    .limit(limit)
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

const queuedLike = () =>
  eb
    .selectFrom('maintenance_window as queued')
    .select('queued.id')
    .whereRef('queued.schedule_id', '=', 'earlier.schedule_id')
    .whereRef('queued.override_id', '=', 'earlier.override_id')
    .whereRef('queued.zone', '=', 'earlier.zone')
    .where('queued.state', '=', 'queued')

/** Ends the sessions that wait for a window that will not come. */
export const endWaitingInVain = (tx: SystemTx, now: string, pace: Pace) =>
  endSome(
    tx,
    (limit) => listInVain(tx, limit),
    { state: 'missed', reason: 'There is no next window.', ended_at: now },
    pace,
  )
