import t from 'tap'
import { addCast, addUser, roles } from '../support/cast.ts'
import { readState } from '../support/rows.ts'
import { ACME, ACME_LEEDS, NORTHWIND, RIVAL, type World, world } from '../support/world.ts'

const zoe = { name: 'Zoë Ünal', email: 'zoe@acme.example', role: '', tenant: 'Acme' }

const create = async (by: World['alice'], fields = {}) => {
  const answer = await by.post('/people', { ...zoe, ...fields })
  const id = Number(String(answer.headers.location).split('/').pop())
  return { answer, id }
}

const find = ({ db }: World, id: number) =>
  (db as unknown as { withoutPlugins(): World['db'] })
    .withoutPlugins()
    .selectFrom('person')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirstOrThrow()

t.test('creates a person at a tenant, and shows the page', async (t) => {
  const w = await world(t)
  const { answer, id } = await create(w.alice)
  t.equal(answer.statusCode, 303)
  t.match(await find(w, id), {
    tenant_id: ACME,
    top_id: ACME,
    sort_key: 'zoe unal',
    source: 'typed',
  })
  t.match((await w.alice.get(`/people/${id}`)).body, /Zoë Ünal[\s\S]*Acme/)
})

t.test('a new person belongs nowhere until a tenant is chosen', async (t) => {
  const w = await world(t)
  const { body } = await w.alice.get('/people/new')
  t.match(body, /id="field-tenant"[^>]* value=""/)
  t.match(body, 'At an MSP tenant the role holds for all tenants')
  const { answer } = await create(w.alice, { tenant: '' })
  t.equal(answer.statusCode, 422)
  t.match((await w.alice.get(`/people/new?tenant=${ACME}`)).body, 'value="Acme"')
})

t.test('lists, searches and filters people', async (t) => {
  const w = await world(t)
  await create(w.alice)
  await create(w.alice, {
    name: 'Yves',
    email: 'yves@leeds.example',
    tenant: 'Acme / Leeds office',
  })
  const names = async (query: string) =>
    [...(await w.alice.get(`/people?${query}`)).body.matchAll(/aria-label="Select ([^"]*)"/g)]
      .map(([, name]) => name)
      .filter((name) => !name!.startsWith('all'))
  t.same(await names(''), ['Alice Moore', 'Yves', 'Zoë Ünal'])
  t.same(await names('sort=-name'), ['Zoë Ünal', 'Yves', 'Alice Moore'])
  t.same(await names('sort=tenant'), ['Zoë Ünal', 'Yves', 'Alice Moore'])
  t.same(await names('q=unal'), ['Zoë Ünal'])
  t.same(await names('q=leeds.ex'), ['Yves'])
  t.same(await names('q=z'), ['Zoë Ünal'])
  t.same(await names('tenant=Acme'), ['Yves', 'Zoë Ünal'])
  t.same(await names('tenant=acme&alone=1'), ['Zoë Ünal'])
  t.same(await names('role=none'), ['Yves', 'Zoë Ünal'])
  t.same(await names(`role=${roles.administrator}`), ['Alice Moore'])
  t.same(await names('source=imported'), [])
  t.match((await w.alice.get('/people?tenant=Nowhere')).body, 'There is no tenant “Nowhere”.')
})

t.test('finds the users who have not been invited yet', async (t) => {
  const w = await world(t)
  await create(w.alice)
  const { id } = await create(w.alice, { name: 'Nora', email: 'nora@acme.example', role: '4' })
  const waiting = async () => (await w.alice.get('/people?state=not_invited')).body
  t.match(await waiting(), 'Select Nora')
  t.notMatch(await waiting(), /Select (Zoë|Alice)/)
  await w.alice.post(`/people/${id}/invitations`)
  t.notMatch(await waiting(), 'Select Nora')
})

t.test('shows nobody outside of what one may see', async (t) => {
  const w = await world(t)
  const { bob, charlie } = await addCast(w)
  const { id } = await create(w.alice)
  t.match((await bob.browser.get('/people')).body, 'Zoë Ünal')
  t.notMatch((await bob.browser.get('/people')).body, /Alice Moore|Charlie/)
  t.notMatch((await charlie.browser.get('/people?q=zoe')).body, 'Zoë')
  t.equal((await charlie.browser.get(`/people/${id}`)).statusCode, 404)
  t.equal((await charlie.browser.post(`/people/${id}/deletion`)).statusCode, 404)
})

t.test('a person joins no tenant that the creator may not see', async (t) => {
  const w = await world(t)
  const { bob } = await addCast(w)
  const { answer } = await create(bob.browser, { tenant: 'Rival' })
  t.equal(answer.statusCode, 422)
  t.match(answer.body, 'There is no tenant “Rival”.')
  const { id } = await create(bob.browser)
  const edited = { ...zoe, version: '1', tenant: 'Rival' }
  const { role: _, ...plain } = edited
  t.equal((await bob.browser.post(`/people/${id}/edit`, plain)).statusCode, 422)
  t.equal((await find(w, id)).tenant_id, ACME)
})

t.test('an address is taken at its own tenant only', async (t) => {
  const w = await world(t)
  await create(w.alice)
  const { answer } = await create(w.alice, { email: 'ZOE@ACME.example' })
  t.equal(answer.statusCode, 422)
  t.match(answer.body, 'has this address at the same tenant')
  t.equal((await create(w.alice, { tenant: 'Rival' })).answer.statusCode, 303)
})

t.test('takes every legal address, and names in every script', async (t) => {
  const { alice } = await world(t)
  const emails = ['a+b@x.example', '"john doe"@x.example', 'a@[192.0.2.1]', 'ü@exämple.de']
  emails.push('a@[IPv6:2001:db8::1]', `${'l'.repeat(64)}@${'d'.repeat(60)}.example`)
  for (const email of emails)
    t.equal((await create(alice, { email })).answer.statusCode, 303, email)
  for (const [index, name] of ['محمد', '李小龍', 'ชัยวัฒน์', '👩‍🚀'].entries())
    t.equal((await create(alice, { name, email: `${index}@x.example` })).answer.statusCode, 303)
  const long = await create(alice, { name: '🦊'.repeat(500), email: 'f@x.example' })
  t.match(long.answer.body, /(🦊){500}[\s\S]*Use 200 characters or fewer/)
  for (const email of ['no', 'a@b', 'a b@x.example', 'a@x..example', 'a@b@x.example'])
    t.equal((await create(alice, { email })).answer.statusCode, 422, email)
})

t.test('refuses fields that are unknown, missing or sent twice', async (t) => {
  const { alice } = await world(t)
  t.equal((await create(alice, { version: '1' })).answer.statusCode, 422)
  t.equal((await create(alice, { email: ['a@x.example', 'b@x.example'] })).answer.statusCode, 422)
  t.equal((await create(alice, { role: '99' })).answer.statusCode, 422)
  t.equal((await create(alice, { tenant: 'All tenants' })).answer.statusCode, 422)
})

t.test('T10: nobody gives a role that permits more than they may', async (t) => {
  const w = await world(t)
  const { bob, charlie } = await addCast(w)
  t.equal((await create(bob.browser, { role: '4' })).answer.statusCode, 422)
  const own = { tenant: 'Rival', email: 'r@r.example' }
  t.equal((await create(charlie.browser, { ...own, role: '1' })).answer.statusCode, 303)
  const manager = await addUser(w, RIVAL, 'Mia Manager', 'manager')
  const { answer } = await create(manager.browser, { ...own, email: 's@r.example', role: '1' })
  t.match(answer.body, 'You cannot give what you do not have yourself')
  t.equal(
    (await create(manager.browser, { ...own, email: 's@r.example', role: '3' })).answer.statusCode,
    303,
  )
})

t.test('offers nothing that would end the access of somebody with more of it', async (t) => {
  const w = await world(t)
  const mia = await addUser(w, ACME, 'Mia Manager', 'manager')
  const above = await addUser(w, ACME, 'Ada Above', 'administrator')
  const { id: below } = await create(w.alice, { role: '4' })
  const offers = async (id: number) =>
    ['deactivation', 'deletion', 'invitations'].map(async (what) =>
      (await mia.browser.get(`/people/${id}`)).body.includes(`/people/${id}/${what}"`),
    )
  t.same(await Promise.all(await offers(above.person_id)), [false, false, false])
  t.same(await Promise.all(await offers(below)), [true, true, true])
})

t.test('T10: who gives a role back gives back all that was assigned besides', async (t) => {
  const w = await world(t)
  const mia = await addUser(w, ACME, 'Mia Manager', 'manager')
  const { id } = await create(w.alice, { role: '4' })
  const assigned = { person_id: id, role_id: roles.administrator, tenant_id: 1 }
  t.equal((await w.api.post('/assignments', assigned)).statusCode, 201)
  await w.alice.post(`/people/${id}/edit`, { ...zoe, version: '1' })
  t.equal((await find(w, id)).role_id, null)
  const back = { ...zoe, role: '4', version: '2' }
  t.equal((await mia.browser.post(`/people/${id}/edit`, back)).statusCode, 422)
  t.equal((await find(w, id)).role_id, null)
  t.equal((await w.alice.post(`/people/${id}/edit`, back)).statusCode, 303)
})

t.test('an invitation that went to another address is good no more', async (t) => {
  const w = await world(t)
  const { id } = await create(w.alice, { role: '4' })
  const invited = await w.alice.post(`/people/${id}/invitations`)
  const [link] = /\/invitations\/[\w-]+/.exec(invited.body)!
  t.equal((await w.anonymous.get(link)).statusCode, 200)
  const { version } = await find(w, id)
  const corrected = { ...zoe, role: '4', email: 'zoe@right.example', version: String(version) }
  t.equal((await w.alice.post(`/people/${id}/edit`, corrected)).statusCode, 303)
  t.equal((await w.anonymous.get(link)).statusCode, 410)
  t.equal((await find(w, id)).invited_at, null)
})

t.test('who moves a user to an MSP tenant must have the role everywhere', async (t) => {
  const w = await world(t)
  const { id } = await create(w.alice, { role: '3' })
  const msp = await addUser(w, NORTHWIND, 'Tom Technician', 'technician')
  const moved = { name: zoe.name, email: zoe.email, version: '1', tenant: 'Northwind MSP' }
  t.equal((await msp.browser.post(`/people/${id}/edit`, moved)).statusCode, 422)
  t.equal((await w.alice.post(`/people/${id}/edit`, { ...moved, role: '3' })).statusCode, 303)
})

t.test('keeps what was typed when somebody else was faster', async (t) => {
  const w = await world(t)
  const { id } = await create(w.alice)
  const edited = (name: string) => ({ ...zoe, name, version: '1' })
  t.equal((await w.alice.post(`/people/${id}/edit`, edited('Zoe One'))).statusCode, 303)
  const late = await w.alice.post(`/people/${id}/edit`, edited('Zoe Two'))
  t.equal(late.statusCode, 409)
  t.match(late.body, /Zoe One[\s\S]*Zoe Two/)
})

t.test('a move of a tenant takes its people along', async (t) => {
  const w = await world(t)
  const { id } = await create(w.alice, { tenant: 'Acme / Leeds office' })
  await w.api.patch(`/tenants/${ACME_LEEDS}`, { parent_id: RIVAL })
  t.match(await find(w, id), { tenant_id: ACME_LEEDS, top_id: RIVAL })
})

t.test('T10: who may only look at a tenant changes nobody and tags nobody there', async (t) => {
  const w = await world(t)
  const { id } = await create(w.alice, { tenant: 'Rival' })
  const mia = await addUser(w, ACME, 'Mia Manager', 'manager')
  const looks = { person_id: mia.person_id, tenant_id: RIVAL, role_id: roles.viewer }
  t.equal((await w.api.post('/assignments', looks)).statusCode, 201)
  await w.alice.post('/tags', { name: 'VIP', color: 'red', description: '', tenant: 'Rival' })
  const before = readState(w)
  const new_one = { ...zoe, tenant: 'Rival', email: 'new@x.example' }
  const answers = [
    await mia.browser.post('/people', new_one),
    await mia.browser.post(`/people/${id}/edit`, {
      ...zoe,
      tenant: 'Rival',
      name: 'Z',
      version: '1',
    }),
    await mia.browser.post(`/people/${id}/deletion`),
    await mia.browser.post(`/people/${id}/tags`, { tag: '1' }),
    await mia.browser.post('/tags', { name: 'X', color: 'red', description: '', tenant: 'Rival' }),
    await mia.browser.post('/tags/1/deletion'),
  ]
  for (const { statusCode } of answers) t.ok([403, 404, 422].includes(statusCode), `${statusCode}`)
  t.same(readState(w), before)
})
