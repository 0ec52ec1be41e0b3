import fc from 'fast-check'
import type { Permission } from '../../src/access/permissions.ts'
import { type Model, ROOT, builtin } from './model.ts'

export const NOW = '2026-11-24T09:00:00.000Z'

/** The permissions that the forests are about: seeing, and some that only some roles have. */
export const ASKED: Permission[] = [
  'tenant.view',
  'person.view',
  'person.create',
  'preference.edit',
  'access.grant',
]

const some = fc.nat({ max: 1000 })
const rarely = (weight: number) => fc.nat({ max: weight }).map((chance) => chance === 0)
const subset = fc.subarray(ASKED).map((list) => (list.length % 2 ? [...list, ...VIEW] : list))
const VIEW: Permission[] = ['tenant.view']

/** Expired, expiring at this very moment, in force for a while, in force for good. */
const expiry = fc.constantFrom('2026-11-24T08:59:59.999Z', NOW, '2026-11-24T09:00:00.001Z', null)

/** Whoever is meant here is one of those that there are: the number is taken modulo. */
export const forest = fc.record({
  tenants: fc.array(fc.record({ parent: some, is_msp: rarely(12) }), {
    minLength: 3,
    maxLength: 59,
    size: 'max',
  }),
  roles: fc.array(subset, { minLength: 2, maxLength: 6 }),
  people: fc.array(
    fc.record({
      tenant: some,
      role: fc.option(some, { freq: 9 }),
      active: rarely(9).map((suspended) => !suspended),
      limit: fc.option(subset),
    }),
    { minLength: 2, maxLength: 7, size: 'max' },
  ),
  groups: fc.array(fc.record({ tenant: some }), { maxLength: 3 }),
  assignments: fc.array(
    fc.record({
      tenant: some,
      to_group: fc.boolean(),
      whom: some,
      role: fc.option(some),
      effect: fc.constantFrom('allow' as const, 'allow' as const, 'deny' as const),
      expires_at: expiry,
    }),
    { maxLength: 14, size: 'max' },
  ),
})

type Forest = typeof forest extends fc.Arbitrary<infer One> ? One : never

const pick = <T>(list: readonly T[], index: number) => list[index % list.length]!

/** The forest as a model, with ids that count from one. */
export function grow(plan: Forest): Model {
  const tenants: Model['tenants'] = new Map([[ROOT, { parent: null, is_msp: false }]])
  for (const { parent, is_msp } of plan.tenants) {
    // Some far down, some broad: half hang at one of the last few.
    const ids = parent % 2 ? [...tenants.keys()].slice(-4) : [...tenants.keys()]
    tenants.set(tenants.size + 1, { parent: pick(ids, parent >> 1), is_msp })
  }
  const places = [...tenants.keys()]
  const roles = new Map(builtin)
  for (const permissions of plan.roles) roles.set(roles.size + 1, permissions)
  const known = [...roles.keys()]
  const role = (index: number | null) => (index === null ? null : pick(known, index))
  const people: Model['people'] = new Map(
    plan.people.map((person, index) => [
      index + 1,
      { ...person, tenant: pick(places.slice(1), person.tenant), role: role(person.role) },
    ]),
  )
  const groups: Model['groups'] = new Map(
    plan.groups.map(({ tenant }, index) => {
      // A group where there are people: its members are of the same tenant.
      const at = pick([...people.values()], tenant).tenant
      const members = [...people].filter(([, person]) => person.tenant === at).map(([id]) => id)
      return [index + 1, { tenant: at, members }]
    }),
  )
  const assignments: Model['assignments'] = new Map()
  for (const { tenant, to_group, whom, effect, expires_at, ...given } of plan.assignments) {
    const in_group = to_group && groups.size > 0
    assignments.set(assignments.size + 1, {
      // Often near the root, so that what is allowed and what is denied meet.
      tenant: pick(tenant % 3 ? places.slice(0, 8) : places, tenant),
      person: in_group ? null : pick([...people.keys()], whom),
      group: in_group ? pick([...groups.keys()], whom) : null,
      role: role(given.role) ?? (effect === 'deny' ? null : 4),
      effect,
      expires_at,
    })
  }
  return { now: NOW, tenants, roles, people, groups, assignments }
}

/** What may happen to a forest. */
export const step = fc.record({
  verb: fc.constantFrom(
    'move tenant' as const,
    'delete tenant' as const,
    'move person' as const,
    'suspend' as const,
    'take role' as const,
    'withdraw' as const,
    'leave group' as const,
    'wait' as const,
  ),
  one: some,
  other: some,
})

export type Step = typeof step extends fc.Arbitrary<infer One> ? One : never
