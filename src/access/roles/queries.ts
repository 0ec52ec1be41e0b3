import type { Reads } from '../../db/connection.ts'
import { inScope } from '../../db/scope.ts'
import { NotFound } from '../../errors.ts'
import { permissionsOf } from '../grants.ts'
import type { Permission } from '../permissions.ts'
import { type Asker, visibleScope } from '../visible.ts'

/** A role, with how often the asker sees it held. */
export type Role = {
  id: number
  is_builtin: boolean
  name: string
  description: string
  permissions: ReadonlySet<Permission>
  requires_second_factor: boolean
  version: number
  /** How many people have it as their own. */
  people: number
  /** How many times it is assigned or denied. */
  assignments: number
}

const roles = (db: Reads, asker: Asker) =>
  db
    .selectFrom('role')
    .select([
      'role.id',
      'role.key',
      'role.name',
      'role.description',
      'role.permissions',
      'role.requires_second_factor',
      'role.version',
    ])
    .select(({ selectFrom, fn }) => [
      selectFrom('person')
        .select(fn.countAll<number>().as('number'))
        .whereRef('person.role_id', '=', 'role.id')
        .where(inScope(visibleScope(asker, 'person.view'), 'person.tenant_id'))
        .$asScalar()
        .as('people'),
      selectFrom('role_assignment')
        .select(fn.countAll<number>().as('number'))
        .whereRef('role_assignment.role_id', '=', 'role.id')
        .where(inScope(visibleScope(asker, 'access.view'), 'role_assignment.tenant_id'))
        .$asScalar()
        .as('assignments'),
    ])

type Row = Awaited<ReturnType<ReturnType<typeof roles>['executeTakeFirstOrThrow']>>

const toRole = ({ key, permissions, requires_second_factor, ...row }: Row): Role => ({
  ...row,
  is_builtin: key !== null,
  permissions: permissionsOf({ key, permissions }),
  requires_second_factor: requires_second_factor === 1,
  people: row.people ?? 0,
  assignments: row.assignments ?? 0,
})

/** Every role: the built-in ones, then the others by name. */
export async function listRoles(db: Reads, asker: Asker): Promise<Role[]> {
  const rows = await roles(db, asker).orderBy('role.name_key').orderBy('role.id').execute()
  const found = rows.map(toRole)
  const builtin = found.filter(({ is_builtin }) => is_builtin)
  return [
    ...builtin.toSorted((one, other) => one.id - other.id),
    ...found.filter(({ is_builtin }) => !is_builtin),
  ]
}

/** A role by id. Throws NotFound when there is none. */
export async function getRole(db: Reads, asker: Asker, id: number): Promise<Role> {
  const row = await roles(db, asker).where('role.id', '=', id).executeTakeFirst()
  if (!row) throw new NotFound(`role ${id}`)
  return toRole(row)
}

/** How many of those who hold a role are named. */
const NAMED = 20

/** Who has a role as their own, and where else it is used: as far as the asker sees it. */
export async function listHolders(db: Reads, asker: Asker, id: number) {
  const [people, assignments] = await Promise.all([
    db
      .selectFrom('person')
      .innerJoin('tenant', 'tenant.id', 'person.tenant_id')
      .select(['person.id', 'person.name', 'tenant.id as tenant_id', 'tenant.name as tenant_name'])
      .where('person.role_id', '=', id)
      .where(inScope(visibleScope(asker, 'person.view'), 'tenant.path'))
      .orderBy('person.sort_key')
      .limit(NAMED)
      .execute(),
    db
      .selectFrom('role_assignment')
      .innerJoin('tenant', 'tenant.id', 'role_assignment.tenant_id')
      .select(['tenant.id', 'tenant.name'])
      .distinct()
      .where('role_assignment.role_id', '=', id)
      .where(inScope(visibleScope(asker, 'access.view'), 'tenant.path'))
      .orderBy('tenant.name')
      .limit(NAMED)
      .execute(),
  ])
  return { people, assignments }
}

export type RoleHolders = Awaited<ReturnType<typeof listHolders>>
