import t from 'tap'
import { operation } from '../../src/db/operation.ts'
import type { Tx } from '../../src/db/operation.ts'
import { everyTenantTx } from '../../src/db/scope-guard.ts'
import { addUser, anyTenant, roles } from '../support/cast.ts'
import { ACME, NORTHWIND, type World, world } from '../support/world.ts'
import { personRow } from '../support/person.ts'

const ROOT = anyTenant(1)
const refused = { message: /Nobody would be left/ }

const change = (w: World, write: (tx: Tx) => Promise<unknown>) =>
  operation(w.db, w.actor, 'test.change', async (tx) => void (await write(tx)))

const alice = ({ actor }: World) => actor.person_id

const setPerson = (w: World, values: { active?: number; role_id?: number | null }) =>
  change(w, (tx) =>
    everyTenantTx(tx).updateTable('person').set(values).where('id', '=', alice(w)).execute(),
  )

const deny = (tx: Tx, who: { person_id: number } | { group_id: number }, tenant_id: number) =>
  tx
    .insertInto('role_assignment')
    .values({
      person_id: null,
      group_id: null,
      ...who,
      tenant_id: anyTenant(tenant_id),
      effect: 'deny',
      role_id: roles.viewer,
      operation_id: tx.operation.id,
      expires_at: null,
    })
    .execute()

/** Everything that could lock out the only administrator, past every command. */
const lockouts: [string, (w: World) => Promise<unknown>][] = [
  ['deactivating', (w) => setPerson(w, { active: 0 })],
  ['withdrawing the role', (w) => setPerson(w, { role_id: null })],
  ['giving a lesser role', (w) => setPerson(w, { role_id: roles.manager })],
  ['denying a part', (w) => change(w, (tx) => deny(tx, { person_id: alice(w) }, ACME))],
  [
    'denying a part to a group',
    (w) =>
      change(w, async (tx) => {
        const tenant_id = anyTenant(NORTHWIND)
        const { id: group_id } = await tx
          .insertInto('user_group')
          .values({ tenant_id, name: 'All', name_key: 'all' })
          .returning('id')
          .executeTakeFirstOrThrow()
        await deny(tx, { group_id }, ACME)
        await tx
          .insertInto('user_group_member')
          .values({ tenant_id, group_id, person_id: alice(w) })
          .execute()
      }),
  ],
  [
    'moving them to a client',
    (w) =>
      change(w, async (tx) => {
        const all = everyTenantTx(tx)
        await all.deleteFrom('api_token').where('person_id', '=', alice(w)).execute()
        const tenant_id = anyTenant(ACME)
        await all.updateTable('person').set({ tenant_id }).where('id', '=', alice(w)).execute()
      }),
  ],
  [
    'making the MSP a client',
    (w) =>
      change(w, (tx) =>
        everyTenantTx(tx)
          .updateTable('tenant')
          .set({ kind: 'client' })
          .where('id', '=', NORTHWIND)
          .execute(),
      ),
  ],
]

for (const [name, lockOut] of lockouts) {
  t.test(`${name} does not lock out the last administrator`, async (t) => {
    const w = await world(t)
    await t.rejects(lockOut(w), refused)
    t.equal((await w.alice.get('/tenants')).statusCode, 200)
  })
  t.test(`${name} is possible while there is another administrator`, async (t) => {
    const w = await world(t)
    if (name === 'making the MSP a client') await giveEverything(w, null)
    else await addUser(w, NORTHWIND, 'Zoe Second', 'administrator')
    await t.resolves(lockOut(w))
  })
}

/** A user of a client who is assigned everything at All tenants. */
async function giveEverything(w: World, expires_at: string | null) {
  const { person_id } = await addUser(w, ACME, 'Erin Elsewhere', 'viewer')
  await change(w, (tx) =>
    tx
      .insertInto('role_assignment')
      .values({
        person_id,
        group_id: null,
        tenant_id: ROOT,
        effect: 'allow',
        role_id: roles.administrator,
        operation_id: tx.operation.id,
        expires_at,
      })
      .execute(),
  )
  return person_id
}

t.test('whoever has everything by assignment is an administrator, if for good', async (t) => {
  const w = await world(t)
  const erin = await giveEverything(w, '2026-11-25T09:00:00.000Z')
  await t.rejects(setPerson(w, { active: 0 }), refused)
  await change(w, (tx) =>
    everyTenantTx(tx)
      .updateTable('role_assignment')
      .set({ expires_at: null })
      .where('person_id', '=', erin)
      .execute(),
  )
  await t.resolves(setPerson(w, { active: 0 }))
})

t.test('a role of one’s own with every permission counts, until it loses one', async (t) => {
  const w = await world(t)
  const everything = [...w.actor.access.allows[0]!.permissions]
  const setRole = (permissions: string[]) =>
    change(w, (tx) =>
      tx
        .updateTable('role')
        .set({ permissions: JSON.stringify(permissions) })
        .where('name_key', '=', 'everything')
        .execute(),
    )
  await change(w, async (tx) => {
    const { id: role_id } = await tx
      .insertInto('role')
      .values({
        key: null,
        name: 'Everything',
        name_key: 'everything',
        permissions: JSON.stringify(everything),
      })
      .returning('id')
      .executeTakeFirstOrThrow()
    await everyTenantTx(tx)
      .updateTable('person')
      .set({ role_id })
      .where('id', '=', alice(w))
      .execute()
  })
  await t.rejects(setRole(everything.slice(1)), refused)
  await t.rejects(setRole(['unheard.of', ...everything.slice(1)]), refused)
})

t.test('somebody who cannot sign in is no administrator', async (t) => {
  const w = await world(t)
  await change(w, (tx) =>
    tx
      .insertInto('person')
      .values({
        ...personRow(NORTHWIND, 'Never Invited', 'n@northwind.example'),
        role_id: roles.administrator,
      })
      .execute(),
  )
  await t.rejects(setPerson(w, { active: 0 }), refused)
})
