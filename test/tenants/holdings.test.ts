import t from 'tap'
import { operation } from '../../src/db/operation.ts'
import { everyTenantTx } from '../../src/db/scope-guard.ts'
import { addUser } from '../support/cast.ts'
import { addComputer } from '../support/computers.ts'
import { mainText } from '../support/html.ts'
import { personRow } from '../support/person.ts'
import { ACME, ACME_LEEDS, RIVAL, type World, world } from '../support/world.ts'

const addPerson = ({ db, actor }: World, tenant_id: number, name: string) =>
  operation(db, actor, 'test.person', async (tx) => {
    const row = personRow(tenant_id, name, `${name.toLowerCase()}@x.example`)
    const added = tx.insertInto('person').values(row).returning('id')
    return (await added.executeTakeFirstOrThrow()).id
  })

/** Leaves a user with the right to see tenants, and with no other. */
const seeTenantsOnly = ({ db, actor }: World, person_id: number) =>
  operation(db, actor, 'role.create', async (tx) => {
    const row = { name: 'Onlooker', name_key: 'onlooker', permissions: '["tenant.view"]' }
    const role = tx.insertInto('role').values(row).returning('id')
    const { id: role_id } = await role.executeTakeFirstOrThrow()
    await everyTenantTx(tx)
      .updateTable('person')
      .set({ role_id })
      .where('id', '=', person_id)
      .execute()
  })

const linkTo = (body: string, text: string) =>
  new RegExp(`href="([^"]+)">${text}<`).exec(body)?.[1]?.replaceAll('&amp;', '&') ?? ''

t.test('a tenant leads to its computers and people, with those below', async (t) => {
  const w = await world(t)
  await addComputer(w, ACME_LEEDS, { name: 'LEEDS-1' })
  await addComputer(w, RIVAL, { name: 'RIVAL-1' })
  await addPerson(w, ACME, 'Ann')
  await addPerson(w, ACME_LEEDS, 'Ben')
  const { body } = await w.alice.get(`/tenants/${ACME}`)
  const computers = await w.alice.get(linkTo(body, '1 active'))
  t.match(mainText(computers.body), /LEEDS-1/)
  t.notMatch(mainText(computers.body), /RIVAL-1/)
  t.match(mainText((await w.alice.get(linkTo(body, '2 people'))).body), /Ann[\s\S]*Ben/)
})

t.test('a tenant without any says so', async (t) => {
  const { alice } = await world(t)
  const { body } = await alice.get(`/tenants/${RIVAL}`)
  t.match(mainText(body), /Computers None People None/)
})

t.test('a person leads to the computers whose primary person they are', async (t) => {
  const w = await world(t)
  const id = await addPerson(w, ACME, 'Ann')
  const mine = await addComputer(w, ACME, { name: 'ANN-1', person: 'ann@x.example' })
  await addComputer(w, ACME, { name: 'OTHER-1' })
  const { body } = await w.alice.get(`/people/${id}`)
  t.match(body, `<a class="link clamp" href="/computers/${mine}">ANN-1</a>`)
  t.notMatch(body, 'OTHER-1')
})

t.test('of computers and people that are denied to somebody, nothing is told', async (t) => {
  const w = await world(t)
  const eve = await addUser(w, ACME, 'Eve', 'viewer')
  await addComputer(w, ACME, { name: 'PC-1' })
  await seeTenantsOnly(w, eve.person_id)
  const page = mainText((await eve.browser.get(`/tenants/${ACME}`)).body)
  t.match(page, /Tenants below/)
  t.notMatch(page, /Computers (None|\d)|People (None|\d)/)
})
