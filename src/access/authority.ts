import type { Reads } from '../db/connection.ts'
import { prepared } from '../db/prepared.ts'
import { everyTenant } from '../db/scope-guard.ts'
import { Forbidden, Invalid, NotFound } from '../errors.ts'
import { requireDelegable, requireDelegableRole } from './delegation.ts'
import { assignmentsOf, homePath, permissionsOf } from './grants.ts'
import { type Asker, requireTenant } from './visible.ts'

type Holder = { id: number | null; tenant_id: number; role_id: number | null }

const homeOf = prepared((db, { id }: { id: number }) =>
  everyTenant(db).selectFrom('tenant').select(['kind', 'path']).where('id', '=', id),
)

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
  for (const { effect, path, expires_at, ...role } of await assignmentsOf(db, {
    person_id: id,
    now,
  }))
    if (effect === 'allow')
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
