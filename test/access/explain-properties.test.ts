import fc from 'fast-check'
import t from 'tap'
import { type Access, permits, permitsThroughout } from '../../src/access/decide.ts'
import { type HeldGrant, explainAccess } from '../../src/access/explain.ts'
import { type Permission, permissions } from '../../src/access/permissions.ts'

const NOW = '2026-11-24T09:00:00.000Z'

/** A few permissions are enough: seeing, on which everything hangs, and two others. */
const some: Permission[] = ['tenant.view', 'tenant.edit', 'person.view']

/** Paths in a small tree, in which one is often below another. */
const path = fc
  .array(fc.integer({ min: 2, max: 4 }), { maxLength: 3 })
  .map((ids) => `/1/${ids.map((id) => `${id}/`).join('')}`)

const grant: fc.Arbitrary<HeldGrant> = fc.record({
  effect: fc.constantFrom('allow', 'allow', 'deny'),
  path,
  permissions: fc.subarray(some).map((list) => new Set(list)),
  expires_at: fc.constantFrom(
    null,
    null,
    NOW,
    '2026-11-24T08:59:59.999Z',
    '2026-11-24T09:00:00.001Z',
  ),
})

const holder = fc.record({
  grants: fc.array(grant, { maxLength: 6 }),
  can_sign_in: fc.constantFrom(true, true, true, false),
  limit: fc.option(fc.subarray(some).map((list) => new Set(list))),
})

type Holder = typeof holder extends fc.Arbitrary<infer H> ? H : never

/** What a session or a token of the holder is given to decide by. */
function accessOf({ grants, can_sign_in, limit }: Holder): Access {
  const in_force = grants.filter(({ expires_at }) => !expires_at || expires_at > NOW)
  const of = (effect: string) =>
    can_sign_in ? in_force.filter((grant) => grant.effect === effect) : []
  return { allows: of('allow'), denies: of('deny'), limit }
}

/** As plainly as it can be said, without paths: by walking up from the tenant. */
function mayDo(
  { grants, can_sign_in, limit }: Holder,
  permission: Permission,
  at: string,
): boolean {
  const ids = at.split('/').filter(Boolean)
  const above = new Set(ids.map((_, depth) => `/${ids.slice(0, depth + 1).join('/')}/`))
  const holds = (effect: string, wanted: Permission) =>
    grants.some(
      (one) =>
        one.effect === effect &&
        above.has(one.path) &&
        one.permissions.has(wanted) &&
        (one.expires_at === null || one.expires_at > NOW),
    )
  const has = (wanted: Permission) =>
    (limit === null || limit.has(wanted)) && holds('allow', wanted) && !holds('deny', wanted)
  return can_sign_in && has('tenant.view') && has(permission)
}

t.test('T4: the explanation, the decision and a plain model say the same', async (t) => {
  fc.assert(
    fc.property(holder, path, (someone, at) => {
      const explained = explainAccess(someone, at, NOW)
      for (const permission of some) {
        const expected = mayDo(someone, permission, at)
        if (permits(accessOf(someone), permission, at) !== expected) return false
        if (explained.permissions.has(permission) !== expected) return false
      }
      return true
    }),
    { numRuns: 20_000 },
  )
  t.pass()
})

t.test('permitted throughout a node is permitted at each node below it', async (t) => {
  const all = ['/1/', ...['2', '3', '4'].flatMap((a) => [`/1/${a}/`, `/1/${a}/2/`, `/1/${a}/2/3/`])]
  fc.assert(
    fc.property(holder, fc.constantFrom(...all), fc.constantFrom(...some), (someone, at, one) => {
      const access = accessOf({
        ...someone,
        grants: someone.grants.filter((grant) => all.includes(grant.path)),
      })
      const everywhere = all
        .filter((below) => below.startsWith(at))
        .every((below) => permits(access, one, below))
      return permitsThroughout(access, one, at) === everywhere
    }),
    { numRuns: 10_000 },
  )
  t.pass()
})

t.test('a verdict agrees with what the grant gives', async (t) => {
  fc.assert(
    fc.property(holder, path, (someone, at) => {
      const { grants, permissions: may } = explainAccess({ ...someone, limit: null }, at, NOW)
      const given = new Set(
        grants.filter(({ verdict }) => verdict === 'gives').flatMap((one) => [...one.permissions]),
      )
      return (
        given.size === may.size &&
        [...given].every((one) => may.has(one)) &&
        grants.every(({ verdict, permissions: these, denied_by }) =>
          ['gives', 'denies'].includes(verdict)
            ? these.size > 0
            : these.size === 0 && (verdict !== 'denied' || denied_by.length > 0),
        )
      )
    }),
    { numRuns: 10_000 },
  )
  t.pass()
})

t.test('“Technician on All tenants, denied on Acme” is two lines', async (t) => {
  const technician: HeldGrant = {
    effect: 'allow',
    path: '/1/',
    permissions: new Set<Permission>(['tenant.view', 'tenant.edit']),
    expires_at: null,
  }
  const denied: HeldGrant = {
    ...technician,
    effect: 'deny',
    path: '/1/3/',
    permissions: new Set(permissions),
  }
  const someone = { grants: [technician, denied], can_sign_in: true }
  const verdicts = (at: string) =>
    explainAccess(someone, at, NOW).grants.map(({ verdict }) => verdict)
  t.same(verdicts('/1/6/'), ['gives'])
  t.same(verdicts('/1/3/4/'), ['denied', 'denies'])
})
