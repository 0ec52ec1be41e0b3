import t from 'tap'
import { addCast, addUser } from '../support/cast.ts'
import { addComputer } from '../support/computers.ts'
import { fieldValue, mainText } from '../support/html.ts'
import { makeTag, tagIt } from '../support/tags.ts'
import { ACME, RIVAL, type World, world } from '../support/world.ts'

/** A tag that a person, a computer and a tenant carry. */
async function stage(w: World) {
  const tag = await makeTag(w, 1, 'VIP')
  const computer = await addComputer(w, ACME, { name: 'Reception' })
  await tagIt(w, tag, { computer })
  await tagIt(w, tag, { person: 1 })
  await tagIt(w, tag, { tenant: RIVAL })
  return { tag, computer }
}

t.test('says how many carry a tag, and what its deletion takes, which comes back', async (t) => {
  const w = await world(t)
  const { tag, computer } = await stage(w)
  const list = mainText((await w.alice.get('/tags')).body)
  t.match(list, /VIP All tenants\s+1\s+1\s+1/)
  const edit = mainText((await w.alice.get(`/tags/${tag.id}/edit`)).body)
  t.match(edit, 'It is taken from 1 person, 1 computer and 1 tenant.')
  await w.alice.post(`/tags/${tag.id}/deletion`)
  t.same((await w.api.get(`/computers/${computer}`)).json().tags, [])
  const [last] = (await w.api.get('/operations')).json().operations
  t.equal((await w.api.post(`/operations/${last.id}/undo`, {})).statusCode, 201)
  t.match((await w.api.get(`/computers/${computer}`)).json().tags, [{ name: 'VIP' }])
  t.match((await w.api.get(`/tenants/${RIVAL}`)).json().tags, [{ name: 'VIP' }])
})

t.test(
  'offers to make a tag for all tenants to whoever may, for the own tenant to others',
  async (t) => {
    const w = await world(t)
    const admin = await addUser(w, ACME, 'Ada Admin', 'administrator')
    const offered = (page: { body: string }) => fieldValue(page.body, 'tenant')
    t.equal(offered(await w.alice.get('/tags/new')), 'All tenants')
    t.equal(offered(await admin.browser.get('/tags/new')), 'Acme')
  },
)

t.test('a program makes a tag, changes it, gives it, and deletes it', async (t) => {
  const { api, ...w } = await world(t)
  const made = await api.post('/tags', { name: 'Gold', tenant_id: 'root' })
  t.equal(made.statusCode, 201)
  const { id } = made.json()
  t.match(made.json(), { name: 'Gold', color: 'blue', tenant_id: 1, version: 1 })
  t.match((await api.patch(`/tags/${id}`, { color: 'red', version: 1 })).json(), { version: 2 })
  t.equal((await api.patch(`/tags/${id}`, { color: 'pink', version: 1 })).statusCode, 409)
  t.equal((await api.post('/tags', { name: 'gold', tenant_id: 1 })).statusCode, 422)
  const pc = await addComputer({ api, ...w }, ACME, { name: 'Reception' })
  for (const path of [`/computers/${pc}`, '/people/1'])
    t.equal((await api.put(`${path}/tags/${id}`)).statusCode, 204)
  await api.put(`/tenants/${ACME}/tags/${id}`, { covers_children: true })
  t.match((await api.get(`/people?tag_id=${id}`)).json().people, [{ id: 1 }])
  t.match((await api.get(`/tenants/${ACME}`)).json().tags, [{ id, covers_children: true }])
  t.equal((await api.delete(`/tags/${id}`)).statusCode, 204)
  t.equal((await api.get(`/tags/${id}`)).statusCode, 404)
})

t.test('T7: of a tag that was made above, one is told name and colour', async (t) => {
  const w = await world(t)
  const { bob, charlie } = await addCast(w)
  const { id } = await makeTag(w, 1, 'VIP', 'red')
  const own = await makeTag(w, ACME, 'Front')
  const nothing = { tenant_id: null, description: null, version: null }
  t.same((await bob.api.get(`/tags/${id}`)).json(), { id, name: 'VIP', color: 'red', ...nothing })
  t.equal((await charlie.api.get(`/tags/${own.id}`)).statusCode, 404)
  t.same(
    (await charlie.api.get('/tags')).json().tags.map(({ name }: { name: string }) => name),
    ['VIP'],
  )
  t.equal((await charlie.api.delete(`/tags/${own.id}`)).statusCode, 404)
  t.equal((await charlie.api.delete(`/tags/${id}`)).statusCode, 404)
})

t.test('the search finds tags', async (t) => {
  const w = await world(t)
  const { tag } = await stage(w)
  t.match((await w.alice.get('/search/results?q=vip')).body, `/computers?tag=${tag.id}`)
})
