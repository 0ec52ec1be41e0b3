import t from 'tap'
import { operation } from '../../src/db/operation.ts'
import { addCast, addUser, roles } from '../support/cast.ts'
import { mainText } from '../support/html.ts'
import { personRow } from '../support/person.ts'
import { ACME, ACME_LEEDS, NORTHWIND, RIVAL, type World, world } from '../support/world.ts'

const tab = async ({ alice }: Pick<World, 'alice'>, id: number | string, query = '') =>
  mainText((await alice.get(`/tenants/${id}/access${query}`)).body)

t.test('says who can do what at a tenant, by which role and from where', async (t) => {
  const w = await world(t)
  await addCast(w)
  const page = await tab(w, ACME_LEEDS)
  t.match(page, /Alice Moore .* Administrator from All tenants/)
  t.match(page, /Bob Technician .* Technician from Acme/)
  t.match(page, /Vera Viewer .* Viewer from All tenants/)
  t.notMatch(page, /Charlie/)
  t.match(await tab(w, ACME), /Bob Technician .* Technician here/)
})

t.test('filters by permission', async (t) => {
  const w = await world(t)
  await addCast(w)
  const page = await tab(w, ACME, '?permission=tenant.edit')
  t.match(page, /Bob Technician/)
  t.notMatch(page, /Vera|Dana/)
  t.match(await tab(w, RIVAL, '?permission=role.manage'), /Charlie Rival/)
})

t.test('shows a denial, and what it takes, beside what it beats', async (t) => {
  const w = await world(t)
  const { vera } = await addCast(w)
  const deny = { tenant_id: ACME, role_id: null, effect: 'deny', person_id: vera.person_id }
  await w.api.post('/assignments', deny)
  const page = await tab(w, ACME_LEEDS)
  t.match(
    page,
    /Vera Viewer .* Viewer from All tenants · Gives nothing: everything at Acme is denied/,
  )
  t.match(page, /Denied: Everything from Acme/)
  const { people } = (await w.api.get(`/tenants/${ACME_LEEDS}/access`)).json()
  const shown = people.find(({ id }: { id: number }) => id === vera.person_id)
  t.same(shown.permissions, [])
  t.same(
    shown.grants.map(({ verdict }: { verdict: string }) => verdict),
    ['denied', 'denies'],
  )
})

t.test('whoever cannot sign in is listed as waiting', async (t) => {
  const w = await world(t)
  await operation(w.db, w.actor, 'test.invited', (tx) =>
    tx
      .insertInto('person')
      .values({ ...personRow(ACME, 'Ina Invited', 'ina@acme.example'), role_id: roles.technician })
      .execute(),
  )
  t.match(
    await tab(w, ACME),
    /Ina Invited .* Technician here · Gives nothing yet: they cannot sign/,
  )
})

t.test('T6: tells a client’s administrator the name of an outsider, and no more', async (t) => {
  const w = await world(t)
  const { charlie, dana } = await addCast(w)
  await w.api.post('/assignments', { person_id: dana.person_id, tenant_id: RIVAL, role_id: 4 })
  const { body } = await charlie.browser.get(`/tenants/${RIVAL}/access`)
  t.match(mainText(body), /Alice Moore Administrator from All tenants/)
  t.match(mainText(body), /Dana Reader Viewer here/)
  for (const secret of ['alice@', 'dana.reader@', 'Northwind', 'Acme', '/tenants/1/', '/people/1/'])
    t.notOk(body.includes(secret), secret)
  const { people } = (await charlie.api.get(`/tenants/${RIVAL}/access`)).json()
  t.same(
    people.map(({ id, name }: { id: number | null; name: string }) => [id, name]),
    [
      [null, 'Alice Moore'],
      [charlie.person_id, 'Charlie Rival'],
      [null, 'Dana Reader'],
      [null, 'Vera Viewer'],
    ],
  )
})

t.test('pages through many people by name, none twice and none left out', async (t) => {
  const w = await world(t)
  const names = Array.from({ length: 12 }, (_, index) => `Person ${String(index % 6)} ${index}`)
  for (const name of names) await addUser(w, ACME, name, 'viewer')
  const seen: string[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const after: string = cursor && `&cursor=${cursor}`
    const answer = (await w.api.get(`/tenants/${ACME}/access?limit=5${after}`)).json()
    seen.push(...answer.people.map(({ name }: { name: string }) => name))
    cursor = answer.next_cursor
  }
  t.same(seen, ['Alice Moore', ...names].toSorted())
})

t.test('a page holds fifty people, and leads to the next', async (t) => {
  const w = await world(t)
  const { body: few } = await w.alice.get(`/tenants/${ACME}/access`)
  for (let index = 0; index < 60; index++) await addUser(w, ACME, `Person ${index}`, 'viewer')
  const { body: many } = await w.alice.get(`/tenants/${ACME}/access`)
  t.equal(few.match(/id="person-/g)!.length, 1)
  t.equal(many.match(/id="person-/g)!.length, 50)
  t.match(many, /rel="next"/)
})

t.test('of a person: what they reach, and why, as far as the reader may know', async (t) => {
  const w = await world(t)
  const { dana, charlie } = await addCast(w)
  const acme = await addUser(w, ACME, 'Ada Admin', 'administrator')
  await w.api.post('/assignments', { person_id: dana.person_id, tenant_id: RIVAL, role_id: 3 })
  const address = `/people/${dana.person_id}/access`
  const whole = mainText((await w.alice.get(address)).body)
  t.match(whole, /Acme Viewer .* Rival Technician/)
  const at_home = await acme.browser.get(address)
  t.match(mainText(at_home.body), /Acme Viewer/)
  t.notMatch(at_home.body, /Rival/)
  t.equal((await charlie.browser.get(address)).statusCode, 404)
})

t.test('of oneself: GET /me says what one may do where, and hides what is denied', async (t) => {
  const w = await world(t)
  const { vera } = await addCast(w)
  const deny = { tenant_id: ACME, role_id: null, effect: 'deny', person_id: vera.person_id }
  await w.api.post('/assignments', deny)
  const me = (await vera.api.get('/me')).json()
  t.equal(me.tenant_id, NORTHWIND)
  t.same(
    me.grants.map(({ effect, node, verdict }: Record<string, unknown>) => [effect, node, verdict]),
    [
      ['allow', { id: 1, name: 'All tenants' }, 'gives'],
      ['deny', { id: null, name: null }, 'denies'],
    ],
  )
})

t.test('reports everybody with direct access to All tenants or to an MSP tenant', async (t) => {
  const w = await world(t)
  const { bob, dana } = await addCast(w)
  const give = (person_id: number, tenant_id: number) =>
    w.api.post('/assignments', { person_id, tenant_id, role_id: roles.technician })
  await give(dana.person_id, NORTHWIND)
  await give(bob.person_id, RIVAL)
  const report = mainText((await w.alice.get('/access-report')).body)
  t.match(report, /Alice Moore .* All tenants Administrator/)
  t.match(report, /Dana Reader .* Northwind MSP Technician/)
  t.match(report, /Vera Viewer .* All tenants Viewer/)
  t.notMatch(report, /Bob|Charlie/)
})
