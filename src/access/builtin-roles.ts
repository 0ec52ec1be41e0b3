import type { RoleTable } from '../db/access-schema.ts'
import { type Permission, permissions } from './permissions.ts'

type RoleKey = NonNullable<RoleTable['key']>

const viewing: Permission[] = [
  'tenant.view',
  'preference.view',
  'person.view',
  'computer.view',
  'schedule.view',
  'access.view',
  'history.view',
]

const dailyWork: Permission[] = [
  ...viewing,
  'tenant.export',
  'tenant.edit',
  'preference.edit',
  'person.create',
  'person.edit',
  'person.export',
  'computer.create',
  'computer.edit',
  'computer.move',
  'computer.export',
  'computer_group.manage',
  'schedule.edit',
  'schedule.run',
]

/** What only an administrator may do: it changes the installation itself. */
const ofTheInstallation: ReadonlySet<Permission> = new Set(['role.manage', 'settings.manage'])

/** What the built-in roles permit. They grow with the program, so no database holds it. */
export const builtinRoles: Record<RoleKey, ReadonlySet<Permission>> = {
  administrator: new Set(permissions),
  manager: new Set(permissions.filter((permission) => !ofTheInstallation.has(permission))),
  technician: new Set(dailyWork),
  viewer: new Set(viewing),
}
