import { builtinRoles } from '../../src/access/builtin-roles.ts'
import type { Permission } from '../../src/access/permissions.ts'

/** A node of the tree. The root has no parent. */
export type Tenant = { parent: number | null; is_msp: boolean }

export type Person = {
  tenant: number
  role: number | null
  active: boolean
  /** What the person's API token is confined to; null for everything. */
  limit: readonly Permission[] | null
}

export type Assignment = {
  tenant: number
  person: number | null
  group: number | null
  /** Null is everything. */
  role: number | null
  effect: 'allow' | 'deny'
  expires_at: string | null
}

/** The whole of what access depends on, by id. */
export type Model = {
  now: string
  tenants: Map<number, Tenant>
  roles: Map<number, readonly Permission[]>
  people: Map<number, Person>
  groups: Map<number, { tenant: number; members: number[] }>
  assignments: Map<number, Assignment>
}

export const ROOT = 1

/** The roles that every installation has, by the ids that they have there. */
export const builtin = new Map<number, readonly Permission[]>(
  Object.values(builtinRoles).map((permissions, index) => [index + 1, [...permissions]]),
)

/**
 * Whether the person may do this at the tenant: written to be read, with no regard to speed. A
 * token may do what its owner may, as far as it is confined to that.
 */
export function can(
  model: Model,
  person_id: number,
  permission: Permission,
  tenant_id: number,
  limit: readonly Permission[] | null = null,
): boolean {
  const person = model.people.get(person_id)!
  if (!person.active || person.role === null) return false
  for (const needed of [permission, 'tenant.view'] as const) {
    if (limit && !limit.includes(needed)) return false
    const said = sayings(model, person_id, person, needed, ancestry(model, tenant_id))
    if (!said.includes('allow') || said.includes('deny')) return false
  }
  return true
}

/** What is said of a permission at one of these nodes: once for each role that holds there. */
function sayings(
  model: Model,
  person_id: number,
  { tenant, role }: Person,
  permission: Permission,
  nodes: number[],
) {
  const said: string[] = []
  const home = model.tenants.get(tenant)!.is_msp ? ROOT : tenant
  if (nodes.includes(home) && model.roles.get(role!)!.includes(permission)) said.push('allow')
  for (const assignment of model.assignments.values()) {
    const { group, expires_at } = assignment
    const is_theirs =
      assignment.person === person_id ||
      (group !== null && model.groups.get(group)!.members.includes(person_id))
    const in_force = expires_at === null || expires_at > model.now
    const permits =
      assignment.role === null || model.roles.get(assignment.role)!.includes(permission)
    if (is_theirs && in_force && permits && nodes.includes(assignment.tenant))
      said.push(assignment.effect)
  }
  return said
}

/** The tenant and everything above it, up to the root. */
export function ancestry(model: Model, id: number): number[] {
  const { parent } = model.tenants.get(id)!
  return parent === null ? [id] : [id, ...ancestry(model, parent)]
}
