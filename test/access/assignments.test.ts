import t from 'tap'
import { operation } from '../../src/db/operation.ts'
import { canary } from '../support/canaries.ts'
import { addCast, addUser, roles } from '../support/cast.ts'
import { fieldError, mainText } from '../support/html.ts'
import { personRow } from '../support/person.ts'
import { ACME, ACME_LEEDS, NORTHWIND, RIVAL, type World, world } from '../support/world.ts'
import { everyTenant } from '../../src/db/scope-guard.ts'

type Person = Awaited<ReturnType<typeof addUser>>

const give = ({ api }: Pick<World, 'api'>, person: Pick<Person, 'person_id'>, fields: object) =>
  api.post('/assignments', { person_id: person.person_id, role_id: roles.viewer, ...fields })

const countAssignments = async ({ db }: World) =>
  (await everyTenant(db).selectFrom('role_assignment').select('id').execute()).length

const form = {
  who: '',
  tenant: 'Acme',
  effect: 'allow',
  role: String(roles.technician),
  lasts: 'never',
  reason: '',
}

const sees = async ({ browser }: Person, tenant: number) =>
  (await browser.get(`/tenants/${tenant}/preferences`)).statusCode === 200

t.test('“Technician on All tenants, denied on Acme” is two lines', async (t) => {
  const w = await world(t)
  const ted = await addUser(w, RIVAL, 'Ted Roving', 'viewer')
  await give(w, ted, { tenant_id: 1, role_id: roles.technician })
  t.ok(await sees(ted, ACME_LEEDS))
  await give(w, ted, { tenant_id: ACME, role_id: null, effect: 'deny' })
  t.same(
    [await sees(ted, ACME), await sees(ted, ACME_LEEDS), await sees(ted, NORTHWIND)],
    [false, false, true],
  )
  t.equal((await ted.api.patch(`/tenants/${ACME_LEEDS}`, { description: 'x' })).statusCode, 404)
  t.equal((await ted.api.patch(`/tenants/${NORTHWIND}`, { description: 'x' })).statusCode, 200)
})

t.test('gives a role by the form, to a person named by e-mail address', async (t) => {
  const w = await world(t)
  const { bob } = await addCast(w)
  const who = `bob.technician@${canary(ACME)}.example`
  const answer = await w.alice.post('/assignments', { ...form, who, tenant: 'Rival', lasts: 'day' })
  t.equal(answer.headers.location, `/tenants/${RIVAL}/access`)
  t.ok(await sees(bob, RIVAL))
  w.clock.now = '2026-11-25T08:59:59.999Z'
  t.equal((await bob.api.get(`/tenants/${RIVAL}/preferences`)).statusCode, 200)
  w.clock.now = '2026-11-25T09:00:00.000Z'
  t.equal((await bob.api.get(`/tenants/${RIVAL}/preferences`)).statusCode, 404)
  const page = mainText((await w.api.get(`/tenants/${RIVAL}/access`)).body)
  t.notMatch(page, /Bob/)
})

t.test('the form gives no role by itself, and ends in three days', async (t) => {
  const w = await world(t)
  const { body } = await w.alice.get('/assignments/new')
  t.match(body, '<option value="" selected>Choose a role</option>')
  t.match(body, 'value="three_days" selected')
  const answer = await w.alice.post('/assignments', { ...form, role: '' })
  t.equal(fieldError(answer.body, 'role'), 'Choose a role from the list.')
})

t.test('says at its field what is wrong with an assignment, and keeps the rest', async (t) => {
  const w = await world(t)
  const { body } = await w.alice.post('/assignments', { ...form, who: 'nobody@nowhere.example' })
  t.match(fieldError(body, 'who'), /no person with this address/)
  const nowhere = await w.alice.post('/assignments', { ...form, who: 'x', tenant: 'Atlantis' })
  t.match(fieldError(nowhere.body, 'tenant'), /no tenant/)
  const all = await w.alice.post('/assignments', { ...form, who: 'x', role: 'everything' })
  t.match(fieldError(all.body, 'role'), /can be denied/)
  const { person_id } = await addUser(w, ACME, 'Bob', 'viewer')
  const late = { lasts: 'until', until: '2020-01-01T00:00' }
  const past = await w.alice.post('/assignments', {
    ...form,
    ...late,
    who: `bob@${canary(ACME)}.example`,
  })
  t.match(fieldError(past.body, 'until'), /in the past/)
  t.ok(person_id)
  t.equal(await countAssignments(w), 0)
})

t.test('an address that several people have needs the slug of the tenant', async (t) => {
  const w = await world(t)
  await addUser(w, ACME, 'Sam', 'viewer')
  const who = `sam@${canary(ACME)}.example`
  await operation(w.db, w.actor, 'test.namesake', (tx) =>
    tx
      .insertInto('person')
      .values(personRow(RIVAL, 'Sam', who))
      .execute(),
  )
  const unclear = await w.alice.post('/assignments', { ...form, who })
  t.match(fieldError(unclear.body, 'who'), `${who} (acme); ${who} (rival)`)
  const options = (await w.alice.get('/assignments/subjects?q=sam')).body
  t.match(options, `data-value="${who} (acme)"`)
  const clear = { ...form, who: `${who} (acme)` }
  t.equal((await w.alice.post('/assignments', clear)).statusCode, 303)
})

t.test('nobody gives more than they have, nor where, nor for longer', async (t) => {
  const w = await world(t)
  const { bob, dana } = await addCast(w)
  const mia = await addUser(w, ACME, 'Mia Manager', 'manager')
  const by = (person: Person, fields: object) => give(person, dana, { tenant_id: ACME, ...fields })
  t.equal((await by(bob, {})).statusCode, 403)
  t.equal((await by(mia, { role_id: roles.administrator })).statusCode, 403)
  t.equal((await by(mia, { tenant_id: 1 })).statusCode, 404)
  t.equal((await by(mia, { tenant_id: RIVAL })).statusCode, 404)
  t.equal((await by(mia, { role_id: roles.manager })).statusCode, 201)

  const day = '2026-11-25T09:00:00.000Z'
  await give(w, mia, { tenant_id: RIVAL, role_id: roles.manager, expires_at: day })
  const at_rival = { tenant_id: RIVAL, role_id: roles.viewer }
  t.equal((await by(mia, at_rival)).statusCode, 403)
  t.equal((await by(mia, { ...at_rival, expires_at: day })).statusCode, 201)
})

t.test('T5: nobody denies for longer than they may grant access', async (t) => {
  const w = await world(t)
  const { dana } = await addCast(w)
  const mia = await addUser(w, ACME, 'Mia Manager', 'manager')
  const day = '2026-11-25T09:00:00.000Z'
  await give(w, mia, { tenant_id: RIVAL, role_id: roles.manager, expires_at: day })
  await give(w, dana, { tenant_id: RIVAL })
  const deny = { tenant_id: RIVAL, effect: 'deny', role_id: roles.viewer }
  t.equal((await give(mia, dana, deny)).statusCode, 403)
  t.ok(await sees(dana, RIVAL))
  t.equal((await give(mia, dana, { ...deny, expires_at: day })).statusCode, 201)
  t.notOk(await sees(dana, RIVAL))
})

t.test('what is denied to the giver further down cannot be given above it', async (t) => {
  const w = await world(t)
  const { dana } = await addCast(w)
  const mia = await addUser(w, ACME, 'Mia Manager', 'manager')
  const deny = { tenant_id: ACME_LEEDS, role_id: roles.viewer, effect: 'deny' }
  await give(w, mia, deny)
  t.equal((await give(mia, dana, { tenant_id: ACME })).statusCode, 403)
  t.equal((await give(mia, dana, { tenant_id: ACME_LEEDS })).statusCode, 404)
})

t.test('to lift a denial is to give: nobody lifts one of what they do not have', async (t) => {
  const w = await world(t)
  const { dana } = await addCast(w)
  const mia = await addUser(w, ACME, 'Mia Manager', 'manager')
  const deny = { tenant_id: ACME, effect: 'deny' }
  const all = (await give(w, dana, { ...deny, role_id: null })).json().id
  const seeing = (await give(w, dana, deny)).json().id
  t.equal((await mia.api.delete(`/assignments/${all}`)).statusCode, 403)
  t.equal((await mia.api.delete(`/assignments/${seeing}`)).statusCode, 204)
  t.equal((await w.api.delete(`/assignments/${all}`)).statusCode, 204)
})

t.test('a client’s administrator cannot deny what they cannot see: the MSP’s people', async (t) => {
  const w = await world(t)
  const { charlie } = await addCast(w)
  const deny = { tenant_id: RIVAL, role_id: null, effect: 'deny' }
  const refused = await give(charlie, { person_id: w.actor.person_id }, deny)
  t.equal(refused.statusCode, 422)
  t.ok(await sees({ browser: w.alice } as Person, RIVAL))
  const given = await w.api.post('/assignments', {
    ...deny,
    effect: 'allow',
    role_id: roles.viewer,
    person_id: w.actor.person_id,
  })
  t.equal((await charlie.api.delete(`/assignments/${given.json().id}`)).statusCode, 403)
})

t.test('the same is not assigned twice', async (t) => {
  const w = await world(t)
  const { dana } = await addCast(w)
  t.equal((await give(w, dana, { tenant_id: RIVAL })).statusCode, 201)
  t.equal((await give(w, dana, { tenant_id: RIVAL })).statusCode, 409)
})

t.test('withdrawing needs the tenant of the assignment in the address', async (t) => {
  const w = await world(t)
  const { dana, charlie } = await addCast(w)
  const { id } = (await give(w, dana, { tenant_id: ACME_LEEDS })).json()
  const withdraw = (tenant: number) => `/tenants/${tenant}/access/${id}/withdrawal`
  t.equal((await charlie.browser.post(withdraw(RIVAL))).statusCode, 404)
  t.equal((await charlie.browser.post(withdraw(ACME_LEEDS))).statusCode, 404)
  t.equal((await w.alice.post(withdraw(ACME))).statusCode, 404)
  t.equal(await countAssignments(w), 1)
  t.equal((await w.alice.post(withdraw(ACME_LEEDS))).statusCode, 303)
  t.equal(await countAssignments(w), 0)
})

t.test('T10: what is withdrawn ends at the next request, with session and token', async (t) => {
  const w = await world(t)
  const { dana } = await addCast(w)
  const { id } = (await give(w, dana, { tenant_id: RIVAL })).json()
  const both = async () => [
    (await dana.browser.get(`/tenants/${RIVAL}/preferences`)).statusCode,
    (await dana.api.get(`/tenants/${RIVAL}/preferences`)).statusCode,
  ]
  t.same(await both(), [200, 200])
  await w.api.delete(`/assignments/${id}`)
  t.same(await both(), [404, 404])
})
