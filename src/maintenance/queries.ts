import { permits } from '../access/decide.ts'
import type { Permission } from '../access/permissions.ts'
import { type Asker, lacks } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import { prepared } from '../db/prepared.ts'
import { everyTenant } from '../db/scope-guard.ts'
import { NotFound } from '../errors.ts'

const windowOf = prepared((db, { id }: { id: number }) =>
  everyTenant(db)
    .selectFrom('maintenance_window as window')
    .innerJoin('tenant', 'tenant.id', 'window.tenant_id')
    .innerJoin('schedule', 'schedule.id', 'window.schedule_id')
    .selectAll('window')
    .select(['schedule.name as schedule_name', 'tenant.name as tenant_name', 'tenant.path'])
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

function requirePlace({ access }: Asker, path: string, permission: Permission, what: string) {
  if (!permits(access, 'schedule.view', path)) throw new NotFound(what)
  if (!permits(access, permission, path)) throw lacks(permission)
}
