import { permits } from '../access/decide.ts'
import type { Permission } from '../access/permissions.ts'
import { type Asker, lacks } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import { prepared } from '../db/prepared.ts'
import type { WindowState } from '../db/schedule-schema.ts'
import { everyTenant } from '../db/scope-guard.ts'
import { idsIn } from '../db/search.ts'
import { isUnfinished } from '../db/session-table.ts'
import { NotFound } from '../errors.ts'
import { mayRunThese, mayRunThroughout } from './reach.ts'
import { sessionStates, unended } from './words.ts'

const windowOf = prepared((db, { id }: { id: number }) =>
  everyTenant(db)
    .selectFrom('maintenance_window as window')
    .innerJoin('tenant', 'tenant.id', 'window.tenant_id')
    .innerJoin('schedule', 'schedule.id', 'window.schedule_id')
    .selectAll('window')
    .select(['schedule.name as schedule_name', 'schedule.state as schedule_state'])
    .select(['tenant.name as tenant_name', 'tenant.path'])
    .where('window.id', '=', id),
)

/** A window, for whoever was found to see something in it. Undefined when there is none. */
export async function findWindow(db: Reads, id: number) {
  const [window] = await windowOf(db, { id })
  return window
}

/**
 * A window of a schedule at whose owner the asker may see schedules, and has the permission. Throws
 * NotFound where there is none, and Forbidden where seeing is all.
 */
export async function getWindow(
  db: Reads,
  asker: Asker,
  id: number,
  permission: Permission = 'schedule.view',
) {
  const [window] = await windowOf(db, { id })
  if (!window) throw new NotFound(`maintenance window ${id}`)
  requirePlace(asker, window.path, permission, `maintenance window ${id}`)
  return window
}

const openOf = prepared((db, { schedule_id }: { schedule_id: number }) =>
  everyTenant(db)
    .selectFrom('maintenance_window as unfinished')
    .select(({ fn }) => fn.countAll<number>().as('number'))
    .where('unfinished.schedule_id', '=', schedule_id)
    .where('unfinished.state', '=', 'open')
    .where(isUnfinished),
)

/** How many windows of a schedule are open, for whoever was found to see the schedule. */
export const countOpen = async (db: Reads, schedule_id: number) =>
  (await openOf(db, { schedule_id }))[0]!.number

const unfinishedOf = prepared((db, { schedule_id }: { schedule_id: number }) =>
  everyTenant(db)
    .selectFrom('maintenance_window as unfinished')
    .select(['unfinished.id', 'unfinished.state'])
    .where('unfinished.schedule_id', '=', schedule_id)
    .where(isUnfinished)
    .orderBy('unfinished.id'),
)

/** What somebody can cancel, or cancelled, of a schedule. */
export type Cancellable = {
  /** Whether the windows end, or only sessions in them. */
  are_whole: boolean
  windows: { id: number; state: WindowState; sessions: number }[]
}

/**
 * What the asker could cancel of a schedule that they were found to see: its windows that are open or
 * queued, or, where they may not run schedules throughout the branch of its owner, those in which there
 * are sessions for them to cancel. Says too how many windows are open or queued at all.
 */
export async function findCancellable(
  db: Reads,
  asker: Asker,
  { id: schedule_id, path }: { id: number; path: string },
): Promise<Cancellable & { unfinished: number }> {
  const unfinished = await unfinishedOf(db, { schedule_id })
  const sessions = await countCancellable(
    db,
    asker,
    unfinished.map(({ id }) => id),
  )
  const all = unfinished.map((window) => ({ ...window, sessions: sessions.get(window.id) ?? 0 }))
  const are_whole = mayRunThroughout(asker, path)
  const windows = are_whole ? all : all.filter((window) => window.sessions > 0)
  return { are_whole, windows, unfinished: unfinished.length }
}

/** How many sessions of each of some windows the asker may cancel. */
async function countCancellable(db: Reads, asker: Asker, window_ids: number[]) {
  if (window_ids.length === 0) return new Map<number, number>()
  const rows = await db
    .selectFrom('maintenance_session as session')
    .select(['session.window_id', (eb) => eb.fn.countAll<number>().as('count')])
    .where('session.window_id', 'in', idsIn(window_ids))
    .where('session.state', 'in', unended)
    .where((eb) => eb.and(mayRunThese(asker, 'session.tenant_id')))
    .groupBy('session.window_id')
    .execute()
  return new Map(rows.map(({ window_id, count }) => [window_id, count]))
}

const sessionOf = prepared((db, { id }: { id: number }) =>
  everyTenant(db)
    .selectFrom('maintenance_session as session')
    .innerJoin('computer', 'computer.id', 'session.computer_id')
    .innerJoin('tenant', 'tenant.id', 'session.tenant_id')
    .innerJoin('session_options', 'session_options.id', 'session.options_id')
    .selectAll('session')
    .select(['computer.name as computer_name', 'tenant.name as tenant_name', 'tenant.path'])
    .select('session_options.options')
    .where('session.id', '=', id),
)

/** A session of a computer at whose tenant the asker may see sessions; as `getWindow` else. */
export async function getSession(
  db: Reads,
  asker: Asker,
  id: number,
  permission: Permission = 'schedule.view',
) {
  const [session] = await sessionOf(db, { id })
  if (!session) throw new NotFound(`maintenance session ${id}`)
  requirePlace(asker, session.path, permission, `maintenance session ${id}`)
  return session
}

/** The session that a computer is in, or comes to first, of a window that has opened. */
export type CurrentSession = { id: number; schedule_name: string; starts_at: string; state: string }

/** That of a computer at whose tenant the asker sees schedules; undefined where it has none. */
export async function findCurrent(
  db: Reads,
  { access }: Asker,
  { id, tenant_path }: { id: number; tenant_path: string },
): Promise<CurrentSession | undefined> {
  if (!permits(access, 'schedule.view', tenant_path)) return undefined
  const [session] = await currentOf(db, { id })
  return session && { ...session, state: sessionStates[session.state] }
}

const currentOf = prepared((db, { id }: { id: number }) =>
  everyTenant(db)
    .selectFrom('maintenance_session as session')
    .innerJoin('schedule', 'schedule.id', 'session.schedule_id')
    .select(['session.id', 'schedule.name as schedule_name'])
    .select(['session.starts_at', 'session.state'])
    .where('session.computer_id', '=', id)
    .where('session.state', 'in', ['pending', 'waiting', 'running'])
    .orderBy('session.starts_at')
    .limit(1),
)

function requirePlace({ access }: Asker, path: string, permission: Permission, what: string) {
  if (!permits(access, 'schedule.view', path)) throw new NotFound(what)
  if (!permits(access, permission, path)) throw lacks(permission)
}
