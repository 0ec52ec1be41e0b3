import fc from 'fast-check'
import t from 'tap'
import { listReachers } from '../../src/access/assignments/reachers.ts'
import { permits } from '../../src/access/decide.ts'
import { type Permission, permissions } from '../../src/access/permissions.ts'
import { findSession } from '../../src/access/sessions.ts'
import { operation } from '../../src/db/operation.ts'
import { everyTenant, everyTenantTx } from '../../src/db/scope-guard.ts'
import { addCast, anyTenant, roles } from '../support/cast.ts'
import { ACME, ACME_LEEDS, ACME_LEGAL, NORTHWIND, RIVAL, START, world } from '../support/world.ts'

const nodes = [1, NORTHWIND, ACME, ACME_LEEDS, ACME_LEGAL, RIVAL]

/** Who is given what where: the first of the cast, and so on; a group is one of two. */
const assignment = fc.record({
  to_group: fc.boolean(),
  whom: fc.nat(3),
  node: fc.constantFrom(...nodes),
  role_id: fc.constantFrom(null, ...Object.values(roles), 5),
  effect: fc.constantFrom('allow', 'deny'),
  expires_at: fc.constantFrom(null, null, START, '2026-11-24T09:00:00.001Z'),
})

const grants = fc.record({
  assignments: fc.array(assignment, { maxLength: 6 }),
  members: fc.uniqueArray(fc.tuple(fc.nat(1), fc.nat(1)), {
    selector: ([group, person]) => `${group} ${person}`,
  }),
})

t.test('T4: what the tab Access explains is what requests are decided by', async (t) => {
  const w = await world(t)
  const { bob, dana, charlie, vera } = await addCast(w)
  // A role that lets nobody see: it gives nothing by itself, and denies a little.
  await w.api.post('/roles', { name: 'Half', permissions: ['tenant.edit', 'access.grant'] })
  for (const name of ['One', 'Two'])
    await w.alice.post('/groups', { name, description: '', tenant: 'Acme' })
  const people = [bob, dana, charlie, vera]
  const paths = await everyTenant(w.db).selectFrom('tenant').select('path').execute()

  const store = ({
    assignments,
    members,
  }: typeof grants extends fc.Arbitrary<infer G> ? G : never) =>
    operation(w.db, w.actor, 'test.grants', async (tx) => {
      const all = everyTenantTx(tx)
      await all.deleteFrom('role_assignment').execute()
      await all.deleteFrom('user_group_member').execute()
      for (const [group, person] of members)
        await all
          .insertInto('user_group_member')
          .values({
            tenant_id: anyTenant(ACME),
            group_id: group + 1,
            person_id: people[person]!.person_id,
          })
          .execute()
      for (const { to_group, whom, node, role_id, effect, expires_at } of assignments)
        await all
          .insertInto('role_assignment')
          .values({
            tenant_id: anyTenant(node),
            group_id: to_group ? (whom % 2) + 1 : null,
            person_id: to_group ? null : people[whom]!.person_id,
            role_id,
            effect: role_id === null ? 'deny' : effect,
            expires_at,
            operation_id: tx.operation.id,
          })
          .execute()
    })

  const explained = async (path: string, permission: Permission | null = null) => {
    const query = { permission, after: null, limit: 100 }
    const { people } = await listReachers(w.db, path, START, query)
    return new Map(people.map((one) => [one.id, one.explained.permissions]))
  }

  await fc.assert(
    fc.asyncProperty(grants, fc.constantFrom(...permissions), async (given, filter) => {
      await store(given)
      for (const { path } of paths) {
        const [everybody, filtered] = [await explained(path), await explained(path, filter)]
        for (const { person_id, session } of people) {
          const { access } = (await findSession(w.db, session))!.actor
          const may = permissions.filter((one) => permits(access, one, path))
          t.same(
            permissions.filter((one) => everybody.get(person_id)?.has(one)),
            may,
          )
          t.equal(filtered.has(person_id), may.includes(filter))
        }
      }
    }),
    { numRuns: 60 },
  )
})
