import t from 'tap'
import { canary } from '../support/canaries.ts'
import { addCast, addUser, roles } from '../support/cast.ts'
import { fieldError, mainText } from '../support/html.ts'
import { readState } from '../support/rows.ts'
import { ACME, ACME_LEEDS, NORTHWIND, RIVAL, type World, world } from '../support/world.ts'

const support = { name: 'Support', description: '', tenant: 'Acme' }

/** A new group, by its address. */
async function create({ alice }: Pick<World, 'alice'>, fields: object = {}) {
  const { headers } = await alice.post('/groups', { ...support, ...fields })
  return String(headers.location)
}

const idOf = (address: string) => Number(address.split('/').pop())

const give = ({ api }: World, group: string, fields: object) =>
  api.post('/assignments', { group_id: idOf(group), role_id: roles.viewer, ...fields })

const dana_email = `dana.reader@${canary(ACME)}.example`

t.test('whoever joins a group has what it has, until they leave', async (t) => {
  const w = await world(t)
  const { dana } = await addCast(w)
  const group = await create(w)
  await give(w, group, { tenant_id: RIVAL })
  const sees = async () =>
    (await dana.browser.get(`/tenants/${RIVAL}/preferences`)).statusCode === 200
  t.notOk(await sees())
  await w.alice.post(`${group}/members`, { email: dana_email.toUpperCase() })
  t.ok(await sees())
  t.match(mainText((await w.alice.get(group)).body), /1 member .* Dana Reader .* Viewer at Rival/)
  const tab = mainText((await w.alice.get(`/tenants/${RIVAL}/access`)).body)
  t.match(tab, /Dana Reader .* Viewer here by group Support/)
  await w.alice.post(`${group}/members/${dana.person_id}/removal`)
  t.notOk(await sees())
})

t.test('T9: its members are people of its tenant, and nobody else', async (t) => {
  const w = await world(t)
  await addCast(w)
  const group = await create(w)
  const { body } = await w.alice.post(`${group}/members`, {
    email: `charlie.rival@${canary(RIVAL)}.example`,
  })
  t.match(fieldError(body, 'email'), /Nobody at Acme/)
})

t.test('adding to a group is giving: nobody adds to one that has more than they', async (t) => {
  const w = await world(t)
  const { dana } = await addCast(w)
  const mia = await addUser(w, ACME, 'Mia Manager', 'manager')
  const group = await create(w)
  await give(w, group, { tenant_id: ACME, role_id: roles.administrator })
  const add = () => mia.browser.post(`${group}/members`, { email: dana_email })
  t.match(mainText((await add()).body), /cannot give what you do not have/)
  const elsewhere = await create(w, { name: 'Elsewhere' })
  await give(w, elsewhere, { tenant_id: RIVAL })
  const added = await mia.browser.post(`${elsewhere}/members`, { email: dana_email })
  t.equal(added.statusCode, 422)
  t.notMatch(added.body, /Rival/)
  t.equal((await dana.browser.get(`/tenants/${RIVAL}/preferences`)).statusCode, 404)
})

t.test('leaving a group to which something is denied is giving, too', async (t) => {
  const w = await world(t)
  const { dana } = await addCast(w)
  const mia = await addUser(w, ACME, 'Mia Manager', 'manager')
  const group = await create(w)
  await give(w, group, { tenant_id: ACME_LEEDS, role_id: null, effect: 'deny' })
  await w.alice.post(`${group}/members`, { email: dana_email })
  const leave = `${group}/members/${dana.person_id}/removal`
  t.equal((await mia.browser.post(leave)).statusCode, 403)
  t.equal((await dana.browser.get(`/tenants/${ACME_LEEDS}/preferences`)).statusCode, 404)
  t.equal((await w.alice.post(leave)).statusCode, 303)
  t.equal((await dana.browser.get(`/tenants/${ACME_LEEDS}/preferences`)).statusCode, 200)
})

t.test('a group is seen, and changed, by those of its tenant only', async (t) => {
  const w = await world(t)
  const { charlie, dana } = await addCast(w)
  const group = await create(w)
  t.equal((await charlie.browser.get(group)).statusCode, 404)
  t.equal((await charlie.browser.post(`${group}/deletion`)).statusCode, 404)
  t.notMatch((await charlie.browser.get('/groups')).body, /Support/)
  t.equal((await dana.browser.get(group)).statusCode, 200)
  t.equal((await dana.browser.post(`${group}/deletion`)).statusCode, 403)
  const there = await charlie.browser.post('/groups', support)
  t.ok([404, 422].includes(there.statusCode))
})

t.test('a group with something assigned to it is not deleted', async (t) => {
  const w = await world(t)
  const group = await create(w)
  const { id } = (await give(w, group, { tenant_id: ACME })).json()
  t.equal((await w.alice.post(`${group}/deletion`)).statusCode, 409)
  await w.api.delete(`/assignments/${id}`)
  t.equal((await w.alice.post(`${group}/deletion`)).statusCode, 303)
  t.equal((await w.alice.get(group)).statusCode, 404)
})

t.test('a change that somebody else has overtaken is told what is there now', async (t) => {
  const w = await world(t)
  const group = await create(w, { tenant: 'Northwind MSP' })
  const change = (name: string, version: string) =>
    w.alice.post(group, { name, description: '', version })
  t.equal((await change('Help', '1')).statusCode, 303)
  const late = await change('Late', '1')
  t.equal(late.statusCode, 422)
  t.match(mainText(late.body), /it is called Help now/)
  t.equal((await change('Late', '2')).statusCode, 303)
})

t.test('says at its field what is wrong with a new group', async (t) => {
  const w = await world(t)
  await create(w)
  const twice = await w.alice.post('/groups', { ...support, name: 'SUPPORT' })
  t.match(fieldError(twice.body, 'name'), /has a group called Support/)
  const nowhere = await w.alice.post('/groups', { ...support, tenant: 'Atlantis' })
  t.match(fieldError(nowhere.body, 'tenant'), /no tenant/)
  const nameless = await w.alice.post('/groups', { ...support, name: '' })
  t.match(fieldError(nameless.body, 'name'), /Enter a name/)
})

t.test('a tenant with a group, or with something assigned at it, is not deleted', async (t) => {
  const w = await world(t)
  const group = await create(w, { tenant: 'Rival' })
  const { id } = (await give(w, group, { tenant_id: RIVAL })).json()
  const refused = await w.api.delete(`/tenants/${RIVAL}`)
  t.match(refused.json().detail, /it has 1 group, 1 assignment of access/)
  await w.api.delete(`/assignments/${id}`)
  await w.alice.post(`${group}/deletion`)
  t.equal((await w.api.delete(`/tenants/${RIVAL}`)).statusCode, 204)
})

t.test('T10: who may only look at a tenant makes no group there, and changes none', async (t) => {
  const w = await world(t)
  const mia = await addUser(w, ACME, 'Mia Manager', 'manager')
  const looks = { person_id: mia.person_id, tenant_id: RIVAL, role_id: roles.viewer }
  t.equal((await w.api.post('/assignments', looks)).statusCode, 201)
  const theirs = { name: 'Theirs', description: '', tenant: 'Rival' }
  const group = String((await w.alice.post('/groups', theirs)).headers.location)
  const before = readState(w)
  const { browser } = mia
  const answers = [
    await browser.post('/groups', { ...theirs, name: 'Mine' }),
    await browser.post(group, { name: 'Mine', description: '', version: '1' }),
    await browser.post(`${group}/members`, { email: w.actor.email }),
    await browser.post(`${group}/deletion`),
  ]
  for (const { statusCode } of answers) t.ok(statusCode >= 400 && statusCode < 500, `${statusCode}`)
  t.same(readState(w), before)
})

t.test(
  'T5: shows no address, and finds nobody by one, without a right to see people',
  async (t) => {
    const w = await world(t)
    const { dana } = await addCast(w)
    const granter = await addUser(w, ACME, 'Greta Granter', 'viewer')
    const permissions = ['tenant.view', 'access.view', 'access.grant']
    const { id: role_id } = (await w.api.post('/roles', { name: 'Granter', permissions })).json()
    await w.api.patch(`/people/${granter.person_id}`, { role_id })
    const group = await create(w)
    const add = (email: string) => granter.browser.post(`${group}/members`, { email })
    const [known, unknown] = [await add(dana_email), await add('nobody@acme.example')]
    t.match(fieldError(known.body, 'email'), /Nobody at Acme/)
    t.equal(fieldError(known.body, 'email'), fieldError(unknown.body, 'email'))
    await w.alice.post(`${group}/members`, { email: dana_email })
    const page = await granter.browser.get(group)
    t.match(mainText(page.body), 'Dana Reader')
    t.notMatch(page.body, dana_email)
    const { members } = (await granter.api.get(`/groups/${idOf(group)}/members`)).json()
    t.match(members, [{ id: dana.person_id, email: null }])
    t.match((await w.alice.get(group)).body, dana_email)
  },
)

t.test('T5: what keeps a tenant from being deleted is told as far as one may see it', async (t) => {
  const w = await world(t)
  await addUser(w, RIVAL, 'Rita', 'viewer')
  await create(w, { tenant: 'Rival' })
  const user = await addUser(w, NORTHWIND, 'Dora Deleter', 'viewer')
  const role = { name: 'Deleter', permissions: ['tenant.view', 'tenant.delete', 'access.view'] }
  const { id: role_id } = (await w.api.post('/roles', role)).json()
  await w.api.patch(`/people/${user.person_id}`, { role_id })
  const refusal = async () => (await user.api.delete(`/tenants/${RIVAL}`)).json().detail
  t.match(await refusal(), /it has 1 group\.$/)
  const { groups } = (await w.api.get('/groups')).json()
  await w.api.delete(`/groups/${groups[0].id}`)
  t.match(await refusal(), /it has something that you may not see\.$/)
})
