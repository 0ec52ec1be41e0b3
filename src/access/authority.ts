import type { Reads } from '../db/connection.ts'
import { prepared } from '../db/prepared.ts'
import { everyTenant } from '../db/scope-guard.ts'
import { Forbidden, Invalid, NotFound } from '../errors.ts'
import { requireDelegable, requireDelegableRole } from './delegation.ts'
import { homePath, permissionsOf } from './grants.ts'
import { type Asker, requireTenant } from './visible.ts'

type Holder = { id: number | null; tenant_id: number; role_id: number | null }

const homeOf = prepared((db, { id }: { id: number }) =>
  everyTenant(db).selectFrom('tenant').select(['kind', 'path']).where('id', '=', id),
)

/** What was given to a person elsewhere, also to the groups that they are in. */
const givenTo = prepared((db, { person_id, now }: { person_id: number; now: string }) => {
  const given = everyTenant(db)
    .selectFrom('role_assignment')
    .innerJoin('tenant', 'tenant.id', 'role_assignment.tenant_id')
    .innerJoin('role', 'role.id', 'role_assignment.role_id')
    .select(['tenant.path', 'role_assignment.expires_at', 'role.key', 'role.permissions'])
    .where('role_assignment.effect', '=', 'allow')
    .where((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', now)]))
  const groups = everyTenant(db)
    .selectFrom('user_group_member')
    .select('group_id')
    .where('person_id', '=', person_id)
  return given
    .where('role_assignment.person_id', '=', person_id)
    .unionAll(given.where('role_assignment.group_id', 'in', groups))
})

/**
 * Whoever gives somebody a role, takes it away, invites them, or could come by their mail, must be
 * able to manage users at their tenant and must have all that they have, where they have it: else
 * the way to more rights would lead through another's account. Throws Forbidden, or Invalid at
 * `role`.
 */
export async function requireAuthorityOver(
  db: Reads,
  asker: Asker,
  { id, tenant_id, role_id }: Holder,
  now: string,
) {
  if (role_id === null) return
  await requireTenant(db, asker, 'user.manage', tenant_id)
  const [home] = await homeOf(db, { id: tenant_id })
  await requireDelegableRole(db, asker, role_id, { path: homePath(home!), until: null })
  if (id === null) return
  for (const { path, expires_at, ...role } of await givenTo(db, { person_id: id, now }))
    requireDelegable(asker, permissionsOf(role), { path, until: expires_at })
}

/** Whether the asker has that authority. */
export async function hasAuthorityOver(db: Reads, asker: Asker, holder: Holder, now: string) {
  try {
    await requireAuthorityOver(db, asker, holder, now)
    return true
  } catch (error) {
    if ([Forbidden, Invalid, NotFound].some((kind) => error instanceof kind)) return false
    throw error
  }
}
