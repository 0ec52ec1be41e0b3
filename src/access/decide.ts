import { type Scope, WHOLE_TREE, branchOf } from '../db/scope.ts'
import { type Permission, permissions } from './permissions.ts'

/** Permissions at a node (by its path, `/1/3/`) and everywhere below it. */
export type Grant = {
  path: string
  permissions: ReadonlySet<Permission>
  /** When it ends. Without it, or null: it holds for good. */
  expires_at?: string | null
}

/**
 * What somebody may do: what is allowed somewhere above and denied nowhere above. Deny wins,
 * however far up it stands. `limit` holds the permissions to which an API token is confined.
 */
export type Access = {
  allows: readonly Grant[]
  denies: readonly Grant[]
  limit: ReadonlySet<Permission> | null
}

/** Everything everywhere: for the program itself, at the command line. */
export const WHOLE_ACCESS: Access = {
  allows: [{ path: '/1/', permissions: new Set(permissions) }],
  denies: [],
  limit: null,
}

/**
 * Whether something is permitted at the node with this path. Whoever may not see a tenant may do
 * nothing there.
 */
export const permits = (access: Access, permission: Permission, path: string) =>
  covers(access, permission, path) &&
  (permission === 'tenant.view' || covers(access, 'tenant.view', path))

const covers = ({ allows, denies, limit }: Access, permission: Permission, path: string) =>
  (limit === null || limit.has(permission)) &&
  reaches(allows, permission, path) &&
  !reaches(denies, permission, path)

const reaches = (grants: readonly Grant[], permission: Permission, path: string) =>
  grants.some((grant) => path.startsWith(grant.path) && grant.permissions.has(permission))

/** Whether something is permitted at the node and everywhere below it, with no exception. */
export const permitsThroughout = (access: Access, permission: Permission, path: string) =>
  permits(access, permission, path) &&
  !access.denies.some(
    (deny) =>
      deny.path.startsWith(path) &&
      (deny.permissions.has(permission) || deny.permissions.has('tenant.view')),
  )

/**
 * Whether somebody who moves a node under another would have something there that they do not have
 * now: a move is no way to more rights, nor out of a denial.
 */
export const gainsByMoving = (access: Access, path: string, parent_path: string) =>
  permissions.some((one) => permits(access, one, parent_path) && !permits(access, one, path))

/** What of it is not bound to end before `until`; null is for good. */
export const lastingUntil = (access: Access, until: string | null): Access => ({
  ...access,
  allows: access.allows.filter(
    ({ expires_at = null }) => expires_at === null || (until !== null && expires_at >= until),
  ),
})

/** Whether something is permitted at any node at all. */
export const permitsSomewhere = (access: Access, permission: Permission) =>
  scopeOf(access, permission).allow.length > 0

const scopes = new WeakMap<Access, Map<Permission, Scope>>()

/** The part of the tree in which something is permitted: `permits` as a place. */
export function scopeOf(access: Access, permission: Permission): Scope {
  let known = scopes.get(access)
  if (!known) scopes.set(access, (known = new Map()))
  let scope = known.get(permission)
  if (!scope) known.set(permission, (scope = findScope(access, permission)))
  return scope
}

function findScope({ allows, denies, limit }: Access, permission: Permission): Scope {
  if (limit && !(limit.has(permission) && limit.has('tenant.view'))) return { allow: [], deny: [] }
  const pathsOf = (grants: readonly Grant[], wanted: Permission) =>
    grants.filter((grant) => grant.permissions.has(wanted)).map((grant) => grant.path)
  const deny = outermost([...pathsOf(denies, permission), ...pathsOf(denies, 'tenant.view')])
  const common = intersect(pathsOf(allows, permission), pathsOf(allows, 'tenant.view'))
  const allow = outermost(common).filter((path) => !isBelowAny(path, deny))
  const inside = deny.filter((path) => isBelowAny(path, allow))
  if (allow[0] === '/1/' && inside.length === 0) return WHOLE_TREE
  return { allow: allow.map(branchOf), deny: inside.map(branchOf) }
}

/** What lies below a node of both lists: of two nodes, the lower, if it is below the other. */
const intersect = (some: string[], others: string[]) => [
  ...some.filter((path) => isBelowAny(path, others)),
  ...others.filter((path) => isBelowAny(path, some)),
]

/** The nodes that are not below another one of the list. */
const outermost = (paths: string[]) =>
  [...new Set(paths)].filter(
    (path, _, all) => !all.some((one) => one !== path && path.startsWith(one)),
  )

const isBelowAny = (path: string, nodes: string[]) => nodes.some((node) => path.startsWith(node))
