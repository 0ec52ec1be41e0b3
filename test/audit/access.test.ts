import t, { type Test } from 'tap'
import { operation } from '../../src/db/operation.ts'
import { everyTenantTx } from '../../src/db/scope-guard.ts'
import { updateTenant } from '../../src/tenants/commands.ts'
import { addCast, addUser, anyTenant } from '../support/cast.ts'
import { mainText } from '../support/html.ts'
import { setAt } from '../support/preferences.ts'
import {
  ACME,
  ACME_LEEDS,
  ACME_LEGAL,
  NORTHWIND,
  RIVAL,
  type World,
  world,
} from '../support/world.ts'

/** One operation that changes a tenant of Acme and Rival. Returns its id too. */
async function changedBoth(t: Test) {
  const w = await world(t)
  const cast = await addCast(w)
  const operation_id = await operation(w.db, w.actor, 'tenant.batch_deactivate', async (tx) => {
    await updateTenant(tx, anyTenant(ACME_LEGAL), { active: false })
    await updateTenant(tx, anyTenant(RIVAL), { active: false })
    return tx.operation.id
  })
  return { ...w, ...cast, operation_id }
}

type Rule = { tenant_id: number; person_id: number; role_id?: number; effect: 'allow' | 'deny' }

const assign = ({ db, actor }: World, { tenant_id, person_id, role_id, effect }: Rule) =>
  operation(db, actor, 'access.assign', (tx) =>
    tx
      .insertInto('role_assignment')
      .values({
        tenant_id: anyTenant(tenant_id),
        person_id,
        role_id: role_id ?? null,
        effect,
        operation_id: tx.operation.id,
      })
      .execute(),
  )

t.test('T5: of an operation on two customers, each side sees its own rows only', async (t) => {
  const { alice, bob, charlie, operation_id } = await changedBoth(t)
  const page = `/history/${operation_id}`
  const acmes = mainText((await bob.browser.get(page)).body)
  t.match(acmes, /· 1 change .*Legal/)
  t.notMatch(acmes, /Rival/)
  const rivals = mainText((await charlie.browser.get(page)).body)
  t.match(rivals, /· 1 change .*Rival/)
  t.notMatch(rivals, /Legal/)
  t.match(mainText((await alice.get(page)).body), /· 2 changes .*Legal.*Rival/)
})

t.test('T5: a stranger finds nothing of another customer in any history', async (t) => {
  const w = await changedBoth(t)
  const changed = await operation(w.db, w.actor, 'preference.set', async (tx) => {
    await setAt(tx, ACME, 'maintenance.time_zone', { form: { value: 'Asia/Tokyo' }, lock: null })
    return tx.operation.id
  })
  const { browser, api } = w.charlie
  t.equal((await browser.get(`/tenants/${ACME}/history`)).statusCode, 404)
  t.equal((await browser.get(`/history/${changed}`)).statusCode, 404)
  t.equal((await api.get(`/tenants/${ACME}/history`)).statusCode, 404)
  t.equal((await browser.get('/tenants/root/history')).statusCode, 404)
  t.equal((await w.bob.browser.get(`/history/${changed}`)).statusCode, 200)
})

t.test('the history in the menu is of all that its reader may see', async (t) => {
  const { alice, bob, charlie } = await changedBoth(t)
  const read = async (one: typeof alice) => mainText((await one.get('/history')).body)
  t.match(await read(alice), /Deactivated tenants Alice Moore [^.]*2 changes.*Legal.*Rival/)
  t.match(await read(bob.browser), /Deactivated tenants|Legal/)
  t.notMatch(await read(bob.browser), /Rival|Northwind/)
  t.match(await read(charlie.browser), /Rival/)
  t.notMatch(await read(charlie.browser), /Legal|Acme|Northwind/)
})

t.test('whoever is kept from a customer sees the rest of the history of everything', async (t) => {
  const w = await changedBoth(t)
  const { vera } = w
  await assign(w, { tenant_id: ACME, person_id: vera.person_id, effect: 'deny' })
  await operation(w.db, w.actor, 'tenant.update', (tx) =>
    updateTenant(tx, anyTenant(ACME_LEEDS), { name: 'Leeds works' }),
  )
  const text = mainText((await vera.browser.get('/tenants/root/history')).body)
  t.match(text, /Deactivated tenants|Tenant Rival|tenant Rival/)
  t.notMatch(text, /Legal|Leeds|Acme|everything/)
  const answer = await vera.api.get('/tenants/root/history')
  t.notMatch(answer.body, /Legal|Leeds|Acme/)
  t.match(answer.json().operations, [{ change_count: 1, changes: [{ title: 'Rival' }] }])
})

t.test('a tenant takes its history along, without the name of where it was', async (t) => {
  const w = await changedBoth(t)
  await operation(w.db, w.actor, 'tenant.update', (tx) =>
    updateTenant(tx, anyTenant(ACME_LEGAL), { parent_id: RIVAL }),
  )
  const page = `/tenants/${ACME_LEGAL}/history`
  t.equal((await w.bob.browser.get(page)).statusCode, 404)
  const { body } = await w.charlie.browser.get(page)
  t.match(mainText(body), /Parent was another tenant → now Rival/)
  t.match(mainText(body), /Active was Yes → now No/)
  t.notMatch(body, /Leeds/)
})

t.test('says who was given what, where and until when', async (t) => {
  const w = await changedBoth(t)
  await assign(w, { tenant_id: ACME, person_id: w.vera.person_id, role_id: 3, effect: 'allow' })
  await assign(w, { tenant_id: ACME, person_id: w.dana.person_id, effect: 'deny' })
  const text = mainText((await w.alice.get(`/tenants/${ACME}/history`)).body)
  t.match(text, /Gave access as Technician to Vera Viewer at Acme/)
  t.match(text, /Denied everything to Dana Reader at Acme/)
  const seen = mainText((await w.bob.browser.get(`/tenants/${ACME}/history`)).body)
  t.match(seen, /Gave access as Technician to another person at Acme/)
  t.notMatch(seen, /Vera/)
})

t.test('what takes a further permission to see is in no history without it', async (t) => {
  const w = await changedBoth(t)
  const kim = await addUser(w, NORTHWIND, 'Kim Custom', 'viewer')
  const permissions = JSON.stringify(['tenant.view', 'history.view'])
  await operation(w.db, w.actor, 'role.create', async (tx) => {
    const role = { name: 'Historian', name_key: 'historian', permissions }
    const { id } = await tx
      .insertInto('role')
      .values(role)
      .returning('id')
      .executeTakeFirstOrThrow()
    await everyTenantTx(tx)
      .updateTable('person')
      .set({ role_id: id })
      .where('id', '=', kim.person_id)
      .execute()
    await setAt(tx, ACME, 'maintenance.time_zone', { form: { value: 'Asia/Tokyo' }, lock: null })
    return id
  })
  await assign(w, { tenant_id: ACME, person_id: w.dana.person_id, effect: 'deny' })
  for (const page of [`/tenants/${ACME}/history`, '/tenants/root/history']) {
    const text = mainText((await kim.browser.get(page)).body)
    t.match(text, /Acme/)
    t.notMatch(text, /Tokyo|Dana|denial|Person|@|Access: assign/, page)
  }
})

t.test('tags of people go by their name, wherever above they were made', async (t) => {
  const w = await changedBoth(t)
  await operation(w.db, w.actor, 'person.tag', async (tx) => {
    const made = { tenant_id: anyTenant(1), name: 'Key user', name_key: 'key user' }
    const { id } = await tx
      .insertInto('tag')
      .values({ ...made, color: 'blue' })
      .returning('id')
      .executeTakeFirstOrThrow()
    await tx
      .insertInto('person_tag')
      .values({
        tenant_id: anyTenant(ACME),
        person_id: w.dana.person_id,
        tag_tenant_id: 1,
        tag_id: id,
      })
      .execute()
  })
  const text = mainText((await w.bob.browser.get(`/tenants/${ACME}/history`)).body)
  t.match(text, /Added tag Key user of Dana Reader/)
})
