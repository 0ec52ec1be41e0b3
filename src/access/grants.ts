import type { Reads } from '../db/connection.ts'
import { prepared } from '../db/prepared.ts'
import type { RoleTable } from '../db/access-schema.ts'
import type { Kind } from '../db/schema.ts'
import { everyTenant } from '../db/scope-guard.ts'
import { builtinRoles } from './builtin-roles.ts'
import type { Actor } from './actor.ts'
import type { Access, Grant } from './decide.ts'
import { type Permission, permissions } from './permissions.ts'

/** A role as far as it permits something. */
export type RolePermissions = Pick<RoleTable, 'key' | 'permissions'>

/** What is denied where no role says what. */
export const EVERYTHING: ReadonlySet<Permission> = new Set(permissions)
const known = new Map<string, ReadonlySet<Permission>>()

/** A list of permissions as it is stored. Those that this program does not know permit nothing. */
export function readPermissions(json: string): ReadonlySet<Permission> {
  let set = known.get(json)
  if (!set) {
    const listed = new Set(JSON.parse(json) as string[])
    set = new Set(permissions.filter((permission) => listed.has(permission)))
    if (known.size >= 1000) known.clear()
    known.set(json, set)
  }
  return set
}

/** What a role permits. */
export const permissionsOf = ({ key, permissions: json }: RolePermissions) =>
  key ? builtinRoles[key] : readPermissions(json ?? '[]')

const ROOT_PATH = '/1/'

/** The node at which a user's own role holds: users of an MSP tenant work for every tenant. */
export const homePath = (tenant: { kind: Kind; path: string }) =>
  tenant.kind === 'msp' ? ROOT_PATH : tenant.path

/** The assignments in force of a person and of the groups that the person is in. */
export const assignmentsOf = prepared(
  (db, { person_id, now }: { person_id: number; now: string }) => {
    const assignments = everyTenant(db)
      .selectFrom('role_assignment')
      .innerJoin('tenant', 'tenant.id', 'role_assignment.tenant_id')
      .leftJoin('role', 'role.id', 'role_assignment.role_id')
      .select(['role_assignment.effect', 'role_assignment.role_id', 'tenant.path'])
      .select('role_assignment.expires_at')
      .select(['role.key', 'role.permissions', 'role.requires_second_factor'])
      .where((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', now)]))
    const groups = everyTenant(db)
      .selectFrom('user_group_member')
      .select('group_id')
      .where('person_id', '=', person_id)
    return assignments
      .where('role_assignment.person_id', '=', person_id)
      .unionAll(assignments.where('role_assignment.group_id', 'in', groups))
  },
)

/** What is read of a user, from the tables person, tenant and role, to know what they may do. */
export const USER_COLUMNS = [
  'person.id as person_id',
  'person.name',
  'person.email',
  'tenant.id as tenant_id',
  'tenant.name as tenant_name',
  'tenant.kind as tenant_kind',
  'tenant.path as tenant_path',
  'role.key as role_key',
  'role.permissions as role_permissions',
  'role.requires_second_factor as role_requires_second_factor',
] as const

type User = Omit<Actor, 'access' | 'needs_second_factor'> & {
  tenant_kind: Kind
  tenant_path: string
  role_key: RoleTable['key']
  role_permissions: string | null
  role_requires_second_factor: number
}

/** A user as the actor of a request, with what they may do at this moment. */
export async function loadActor(
  db: Reads,
  now: string,
  user: User,
  limit: Access['limit'] = null,
): Promise<Actor> {
  const { tenant_kind, tenant_path, role_key, role_permissions, ...others } = user
  const { role_requires_second_factor, ...who } = others
  const assignments = await assignmentsOf(db, { person_id: who.person_id, now })
  const own = {
    path: homePath({ kind: tenant_kind, path: tenant_path }),
    permissions: permissionsOf({ key: role_key, permissions: role_permissions }),
  }
  const access = {
    allows: [own, ...grantsOf(assignments, 'allow')],
    denies: grantsOf(assignments, 'deny'),
    limit,
  }
  const needs_second_factor =
    role_requires_second_factor === 1 ||
    access.allows.some(({ path }) => path === ROOT_PATH) ||
    assignments.some((one) => one.effect === 'allow' && one.requires_second_factor === 1)
  return { ...who, access, needs_second_factor }
}

type Assignment = Awaited<ReturnType<typeof assignmentsOf>>[number]

const grantsOf = (assignments: Assignment[], effect: Assignment['effect']): Grant[] =>
  assignments
    .filter((assignment) => assignment.effect === effect)
    .map((assignment) => ({
      path: assignment.path,
      permissions: assignment.role_id === null ? EVERYTHING : permissionsOf(assignment),
      expires_at: assignment.expires_at,
    }))
