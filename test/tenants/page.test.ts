import t from 'tap'
import { operation } from '../../src/db/operation.ts'
import { createTenant } from '../../src/tenants/commands.ts'
import { anyTenant } from '../support/cast.ts'
import { mainText } from '../support/html.ts'
import { watchQueries } from '../support/plan.ts'
import { ACME, ACME_LEEDS, ACME_LEGAL, NORTHWIND, world, type World } from '../support/world.ts'

const setHere = ({ db, actor }: World, tenant_id: number, columns: Record<string, string>) =>
  operation(db, actor, 'preference.set', (tx) =>
    tx
      .insertInto('preference_entry')
      .values({
        tenant_id: anyTenant(tenant_id),
        key: 'maintenance.time_zone',
        form: 'value',
        operation_id: tx.operation.id,
        ...columns,
      })
      .execute(),
  )

t.test('says what a tenant is and where it belongs', async (t) => {
  const { alice } = await world(t)
  const { statusCode, body } = await alice.get(`/tenants/${ACME_LEEDS}`)
  t.equal(statusCode, 200)
  t.match(body, /<h1[^>]*>Leeds office<\/h1>/)
  t.match(mainText(body), 'Branch office of Acme · 1 child tenant')
  t.match(body, new RegExp(`<a href="/tenants/${ACME}">Acme</a>`))
  t.match(body, /aria-label="Path".*All tenants.*Acme.*Leeds office/)
  t.match(mainText(body), 'acme-leeds')
})

t.test('has a link to each of its tabs, and marks the one that is open', async (t) => {
  const { alice } = await world(t)
  const tabs = async (url: string) =>
    [
      ...(await alice.get(url)).body
        .match(/<nav class="tabs".*?<\/nav>/)![0]
        .matchAll(/href="([^"]+)"( aria-current)?/g),
    ].map(([, href, current]) => (current ? `*${href}` : href))
  t.same(await tabs('/tenants/3'), [
    '*/tenants/3',
    '/tenants/3/preferences',
    '/tenants/3/schedules',
    '/tenants/3/calendar',
    '/tenants/3/sessions',
    '/tenants/3/access',
    '/tenants/3/history',
    '/tenants/3/edit',
  ])
  t.same(await tabs('/tenants/root/history'), [
    '/tenants/1',
    '/tenants/1/preferences',
    '/tenants/1/schedules',
    '/tenants/1/calendar',
    '/tenants/1/sessions',
    '/tenants/1/access',
    '*/tenants/1/history',
  ])
})

t.test('marks a tenant that is not active or blocks inheritance', async (t) => {
  const { alice } = await world(t)
  await alice.post(`/tenants/${ACME_LEGAL}/edit`, {
    version: '1',
    name: 'Legal',
    parent: 'acme-leeds',
    kind: 'department',
    slug: 'acme-leeds-legal',
    description: 'Contracts',
  })
  await alice.post(`/tenants/${ACME_LEGAL}/inheritance`, { blocks: 'on' })
  const text = mainText((await alice.get(`/tenants/${ACME_LEGAL}`)).body)
  t.match(text, 'Legal Inactive Department of Leeds office · no child tenants')
  t.match(text, 'Inheritance Blocked')
  t.match(text, 'Description Contracts')
  t.match(mainText((await alice.get(`/tenants/${ACME_LEEDS}`)).body), 'Legal Inactive')
})

t.test(
  'shows the first twenty child tenants by name, and says how many more there are',
  async (t) => {
    const w = await world(t)
    await operation(w.db, w.actor, 'tenant.import', async (tx) => {
      for (let number = 1; number <= 25; number++) {
        const name = `Site ${String(number).padStart(2, '0')}`
        await createTenant(tx, NORTHWIND, { name, kind: 'location', description: '' })
      }
    })
    const { body } = await w.alice.get(`/tenants/${NORTHWIND}`)
    const shown = [...mainText(body).matchAll(/Site \d\d/g)].map(([name]) => name)
    t.equal(shown.length, 20)
    t.same(shown, shown.toSorted())
    t.match(mainText(body), 'and 5 more')
    t.match(body, `href="/tenants?branch=${NORTHWIND}"`)
  },
)

t.test('says in words what is set at the tenant', async (t) => {
  const w = await world(t)
  await setHere(w, ACME, { value: '"Europe/London"', lock: 'fixed' })
  await setHere(w, ACME, { key: 'maintenance.reboot', form: 'reset' })
  const text = mainText((await w.alice.get(`/tenants/${ACME}`)).body)
  t.match(text, 'Time zone Europe/London Locked for all below')
  t.match(text, /Factory value/)
  t.match(mainText((await w.alice.get('/tenants/6')).body), 'Nothing: everything is inherited')
})

t.test('marks what is set at the tenant, but kept from its effect from above', async (t) => {
  const w = await world(t)
  const setOn = (id: number, entry: object) =>
    w.api.put(`/tenants/${id}/preferences/agent.stale_after_days`, entry)
  await setOn(ACME, { value: 40, lock: 'fixed' })
  const setHere = async () => mainText((await w.alice.get(`/tenants/${ACME}`)).body)
  t.match(await setHere(), '40 days Locked for all below')
  await setOn(1, { value: 20, lock: { max: 30 } })
  t.match(await setHere(), '40 days Dormant: out of the bounds of All tenants')
  await w.api.patch(`/tenants/${ACME}`, { blocks_inheritance: true })
  t.match(await setHere(), '40 days Dormant: out of the bounds of All tenants')
  await w.api.delete('/tenants/1/preferences/agent.stale_after_days')
  await setOn(1, { value: 20, lock: 'fixed' })
  t.match(await setHere(), '40 days Dormant: locked by All tenants')
  t.notMatch(await setHere(), 'Locked for all below')
})

t.test('says what is in effect where inheritance is blocked and nothing is set', async (t) => {
  const { api, alice } = await world(t)
  await api.patch(`/tenants/${ACME}`, { blocks_inheritance: true })
  const text = mainText((await alice.get(`/tenants/${ACME}`)).body)
  t.match(text, 'Nothing. Factory values, and what is locked above, are in effect.')
})

t.test('shows the last five changes, the newest first', async (t) => {
  const { alice, clock } = await world(t)
  for (let day = 1; day <= 6; day++) {
    clock.now = `2026-11-24T09:0${day}:00.000Z`
    await alice.post(`/tenants/${ACME}/edit`, {
      version: String(day),
      name: 'Acme',
      parent: 'All tenants',
      kind: 'client',
      slug: 'acme',
      description: `Day ${day}`,
      active: 'on',
    })
  }
  const text = mainText((await alice.get(`/tenants/${ACME}`)).body).split('Recent changes')[1]!
  const times = [...text.matchAll(/Changed tenant Acme Alice Moore · 2026-11-24 09:0(\d)/g)]
  t.same(
    times.map(([, minute]) => minute),
    ['6', '5', '4', '3', '2'],
  )
})

t.test('All tenants has a page, and no tab Edit', async (t) => {
  const { alice } = await world(t)
  for (const id of ['root', '1']) {
    const { statusCode, body } = await alice.get(`/tenants/${id}`)
    t.equal(statusCode, 200)
    t.match(body, /<h1[^>]*>All tenants<\/h1>/)
    t.notMatch(body, '/tenants/1/edit')
  }
})

t.test('answers 404 for what is no tenant', async (t) => {
  const { alice } = await world(t)
  for (const id of ['999', '0', '-3', '3.0', '0x3', '3%20', 'Root', '99999999999999999999'])
    for (const tab of ['', '/history'])
      t.equal((await alice.get(`/tenants/${id}${tab}`)).statusCode, 404, id + tab)
})

t.test('asks as many questions for twenty children as for ten', async (t) => {
  const { db, alice, actor } = await world(t)
  const queries = watchQueries(db)
  const count = async () => {
    queries.length = 0
    await alice.get(`/tenants/${NORTHWIND}`)
    return queries.length
  }
  const add = (from: number) =>
    operation(db, actor, 'tenant.import', async (tx) => {
      for (let number = from; number < from + 10; number++)
        await createTenant(tx, NORTHWIND, { name: `S${number}`, kind: 'location', description: '' })
    })
  await add(0)
  const ten = await count()
  await add(10)
  t.ok(ten > 3)
  t.equal(await count(), ten)
})
