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

/** What access depends on, as it lies in a file: read row by row, without the program. */
export function readModel(sqlite: Database.Database, now: string): Model {
  const read = <Table extends keyof Rows>(_: Table, sql: string) =>
    sqlite.prepare(sql).all() as Rows[Table][]
  const tenants = read(
    'tenant',
    `select id, parent_id as parent, kind = 'msp' as is_msp from tenant`,
  ).map(
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
    'select id, tenant_id as tenant, role_id as role, active from person',
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
