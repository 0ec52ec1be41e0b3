import type Database from 'better-sqlite3'
import type { Permission } from '../../src/access/permissions.ts'
import { type Assignment, type Model, type Tenant, builtin } from '../isolation/model.ts'

type Rows = {
  tenant: { id: number; parent: number | null; is_msp: number }
  role: { id: number; permissions: string | null }
  person: { id: number; tenant: number; role: number | null; active: number }
  user_group: { id: number; tenant: number }
  member: { group_id: number; person_id: number }
  assignment: Assignment & { id: number }
}

/** A tenant, with those above it; or all of them. */
const TENANTS = `
  with recursive wanted (id) as (
    select id from tenant where :tenant_id is null or id = :tenant_id
      or id in (select tenant_id from person where id = :person_id)
    union
    select parent_id from wanted join tenant using (id)
    where :tenant_id is not null and parent_id is not null
  )
  select id, parent_id as parent, kind = 'msp' as is_msp from wanted join tenant using (id)`

const EVERYTHING = { tenant_id: null, person_id: null }

/**
 * What access depends on, as it lies in a file: read row by row, without the program. For one
 * person and one tenant alone, of which any file has few.
 */
export function readModel(
  sqlite: Database.Database,
  now: string,
  wanted: { tenant_id: number | null; person_id: number | null } = EVERYTHING,
): Model {
  const read = <Table extends keyof Rows>(_: Table, sql: string, values: object = {}) =>
    sqlite.prepare(sql).all(values) as Rows[Table][]
  const tenants = read('tenant', TENANTS, wanted).map(
    ({ id, parent, is_msp }) => [id, { parent, is_msp: is_msp === 1 } satisfies Tenant] as const,
  )
  const roles = read('role', 'select id, permissions from role').map(
    ({ id, permissions }) =>
      [
        id,
        permissions === null ? builtin.get(id)! : (JSON.parse(permissions) as Permission[]),
      ] as const,
  )
  const people = read(
    'person',
    `select id, tenant_id as tenant, role_id as role, active from person
    where :person_id is null or id = :person_id`,
    { person_id: wanted.person_id },
  ).map(({ id, active, ...rest }) => [id, { ...rest, active: active === 1, limit: null }] as const)
  const members = read('member', 'select group_id, person_id from user_group_member')
  const groups = read('user_group', 'select id, tenant_id as tenant from user_group').map(
    ({ id, tenant }) => {
      const inside = members.filter(({ group_id }) => group_id === id)
      return [id, { tenant, members: inside.map(({ person_id }) => person_id) }] as const
    },
  )
  const assignments = read(
    'assignment',
    `select id, tenant_id as tenant, person_id as person, group_id as "group",
      role_id as role, effect, expires_at from role_assignment`,
  ).map(({ id, ...assignment }) => [id, assignment] as const)
  return {
    now,
    tenants: new Map(tenants),
    roles: new Map(roles),
    people: new Map(people),
    groups: new Map(groups),
    assignments: new Map(assignments),
  }
}
