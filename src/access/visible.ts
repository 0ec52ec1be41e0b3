import type { Reads } from '../db/connection.ts'
import { prepared } from '../db/prepared.ts'
import type { Scope, VisibleTenant } from '../db/scope.ts'
import { everyTenant } from '../db/scope-guard.ts'
import { Forbidden, NotFound } from '../errors.ts'
import { type Access, permits, scopeOf } from './decide.ts'
import { type Permission, permissionWords } from './permissions.ts'

/** Whose access counts: an actor, or the program itself. */
export type Asker = { access: Access }

const pathOf = prepared((db, { id }: { id: number }) =>
  everyTenant(db).selectFrom('tenant').select('path').where('id', '=', id),
)

/**
 * The tenant as one at which the asker has the permission now. Throws NotFound where the asker may
 * not even see it, and Forbidden where seeing is all.
 */
export async function requireTenant<P extends Permission>(
  db: Reads,
  asker: Asker,
  permission: P,
  id: number,
): Promise<VisibleTenant<P>> {
  const [tenant] = await pathOf(db, { id })
  if (!tenant || !permits(asker.access, 'tenant.view', tenant.path))
    throw new NotFound(`tenant ${id}`)
  if (!permits(asker.access, permission, tenant.path)) throw lacks(permission)
  return id as VisibleTenant<P>
}

/** What somebody is told who lacks a permission. */
export const lacks = (permission: Permission) =>
  new Forbidden(
    `You may not do this here. It needs the permission “${permissionWords[permission]}”.`,
  )

/** The part of the tree in which the asker has the permission: for `inScope`. */
export const visibleScope = (asker: Asker, permission: Permission): Scope =>
  scopeOf(asker.access, permission)
