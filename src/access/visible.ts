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

/** What the asker may do at a tenant; nothing where there is none. */
export async function rightsAt(db: Reads, asker: Asker, id: number) {
  const [tenant] = await pathOf(db, { id })
  return (permission: Permission) =>
    tenant !== undefined && permits(asker.access, permission, tenant.path)
}

/**
 * Names of tenants, and where they lie, as far as the asker may read them: of those that they see,
 * and of all above these, since these are their path.
 */
export async function nameTenants(db: Reads, asker: Asker, ids: Iterable<number>) {
  const wanted = [...new Set(ids)]
  if (wanted.length === 0) return new Map<number, { name: string; path: string }>()
  const tenants = await everyTenant(db)
    .selectFrom('tenant')
    .select(['id', 'name', 'path'])
    .where('id', 'in', wanted)
    .execute()
  const { allow } = scopeOf(asker.access, 'tenant.view')
  const readable = tenants.filter(
    ({ path }) =>
      permits(asker.access, 'tenant.view', path) || allow.some(({ from }) => from.startsWith(path)),
  )
  return new Map(readable.map(({ id, name, path }) => [id, { name, path }]))
}

/** What somebody is told who lacks a permission. */
export const lacks = (permission: Permission) =>
  new Forbidden(
    `You may not do this here. It needs the permission “${permissionWords[permission]}”.`,
  )

/** The part of the tree in which the asker has the permission: for `inScope`. */
export const visibleScope = (asker: Asker, permission: Permission): Scope =>
  scopeOf(asker.access, permission)
