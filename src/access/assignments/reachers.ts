import type { Reads } from '../../db/connection.ts'
import { everyTenant } from '../../db/scope-guard.ts'
import { type AccessExplanation, explainAccess } from '../explain.ts'
import { permissionsOf } from '../grants.ts'
import type { Permission } from '../permissions.ts'
import { type NamedGrant, listHeldGrants } from './held-grants.ts'

/** Somebody who holds something at a tenant or above it, with what becomes of it there. */
export type Reacher = {
  id: number
  name: string
  email: string
  tenant_id: number
  tenant_name: string
  tenant_path: string
  can_sign_in: boolean
  explained: AccessExplanation<NamedGrant>
}

/** What the last of a page sorts by, after whom the next one goes on. */
export type After = { sort_key: string; id: number }

/** So many people are looked at for a page at most, however few of them have what is wanted. */
const LOOKED_AT = 2000

/**
 * Who holds something at the tenant with this path, by name: a page of `limit`, and where the next
 * one goes on. With `permission`, only those who have it there. It tells of everybody, also of
 * people whom the asker may not see: what may be shown of those is for the caller to say.
 */
export async function listReachers(
  db: Reads,
  path: string,
  now: string,
  {
    permission,
    after,
    limit,
  }: { permission: Permission | null; after: After | null; limit: number },
): Promise<{ people: Reacher[]; next: After | null }> {
  const roles = permission && (await listRolesWith(db, permission))
  const found: Reacher[] = []
  let last = after
  const nodes = path.split('/').filter(Boolean).map(Number)
  for (let looked_at = 0; looked_at < LOOKED_AT; looked_at += limit) {
    const rows = await holdersAt(db, nodes, now, { roles, after: last }).limit(limit).execute()
    const held = await listHeldGrants(
      db,
      rows.map(({ id }) => id),
    )
    for (const { active, role_id, account, sort_key, ...person } of rows) {
      last = { sort_key, id: person.id }
      const can_sign_in = active === 1 && role_id !== null && account !== null
      const explained = explainAccess({ grants: held.get(person.id)!, can_sign_in }, path, now)
      if (!permission || explained.permissions.has(permission))
        found.push({ ...person, can_sign_in, explained })
      if (found.length === limit) return { people: found, next: last }
    }
    if (rows.length < limit) return { people: found, next: null }
  }
  return { people: found, next: last }
}

/** The ids of the roles that permit something. */
async function listRolesWith(db: Reads, permission: Permission) {
  const roles = await db.selectFrom('role').select(['id', 'key', 'permissions']).execute()
  return roles.filter((role) => permissionsOf(role).has(permission)).map(({ id }) => id)
}

/**
 * The people whose own role holds at one of the nodes or at All tenants, or who have an assignment
 * in force at one of the nodes; only those with one of `roles`, if any are given.
 */
export function holdersAt(
  db: Reads,
  nodes: number[],
  now: string,
  { roles, after }: { roles: number[] | null; after: After | null },
) {
  const all = everyTenant(db)
  let given = all
    .selectFrom('role_assignment')
    .where('role_assignment.tenant_id', 'in', nodes as never)
    .where(({ or, eb }) => or([eb('expires_at', 'is', null), eb('expires_at', '>', now)]))
  let users = all
    .selectFrom('person')
    .innerJoin('tenant', 'tenant.id', 'person.tenant_id')
    .where('person.role_id', 'is not', null)
    .where(({ or, eb }) => or([eb('tenant.id', 'in', nodes), eb('tenant.kind', '=', 'msp')]))
  if (roles) {
    given = given.where('role_id', 'in', roles).where('effect', '=', 'allow')
    users = users.where('person.role_id', 'in', roles)
  }
  const ids = users
    .select('person.id')
    .union(
      given.select('person_id as id').where('person_id', 'is not', null).$castTo<{ id: number }>(),
    )
    .union(
      given
        .innerJoin('user_group_member', 'user_group_member.group_id', 'role_assignment.group_id')
        .select('user_group_member.person_id as id'),
    )
  let people = all
    .selectFrom('person')
    .innerJoin('tenant', 'tenant.id', 'person.tenant_id')
    .leftJoin('user_account', 'user_account.person_id', 'person.id')
    .select(['person.id', 'person.name', 'person.sort_key', 'person.email'])
    .select(['person.active', 'person.role_id'])
    .select(['tenant.id as tenant_id', 'tenant.name as tenant_name', 'tenant.path as tenant_path'])
    .select('user_account.person_id as account')
    .where('person.id', 'in', ids)
    .orderBy('person.sort_key')
    .orderBy('person.id')
  if (after)
    people = people.where(({ eb, refTuple, tuple }) =>
      eb(refTuple('person.sort_key', 'person.id'), '>', tuple(after.sort_key, after.id)),
    )
  return people
}
