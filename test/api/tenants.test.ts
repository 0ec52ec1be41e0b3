import t from 'tap'
import { checkedApi } from '../support/contract.ts'
import { ACME, ACME_LEEDS, ACME_LEGAL, NORTHWIND, RIVAL, world } from '../support/world.ts'

t.test('shows a tenant with its path', async (t) => {
  const api = await checkedApi(t, await world(t))
  t.same((await api.get(`/tenants/${ACME_LEEDS}`)).json(), {
    id: ACME_LEEDS,
    name: 'Leeds office',
    slug: 'acme-leeds',
    kind: 'branch_office',
    description: '',
    parent_id: ACME,
    path: [
      { id: 1, name: 'All tenants' },
      { id: ACME, name: 'Acme' },
      { id: ACME_LEEDS, name: 'Leeds office' },
    ],
    active: true,
    blocks_inheritance: false,
    version: 1,
    tags: [],
    effective_tags: [],
  })
})

t.test('knows "All tenants" as root', async (t) => {
  const api = await checkedApi(t, await world(t))
  const root = (await api.get('/tenants/root')).json()
  t.match(root, { id: 1, name: 'All tenants', kind: 'root', parent_id: null })
})

t.test('has nothing at an id that is none, or of no tenant', async (t) => {
  const api = await checkedApi(t, await world(t))
  for (const id of ['999', '0', '-1', '3.0', '1e1', 'acme', '9999999999999999'])
    t.equal((await api.get(`/tenants/${id}`)).statusCode, 404, id)
})

t.test('creates a client at the top and a branch office below', async (t) => {
  const api = await checkedApi(t, await world(t))
  const client = await api.post('/tenants', { name: ' Delta ' })
  t.equal(client.statusCode, 201)
  t.match(client.json(), { name: 'Delta', slug: 'delta', kind: 'client', parent_id: 1 })
  const { id } = client.json()
  t.equal(client.headers.location, `/api/v1/tenants/${id}`)
  const branch = await api.post('/tenants', { name: 'Oslo', parent_id: id, description: 'North' })
  t.match(branch.json(), { kind: 'branch_office', parent_id: id, description: 'North' })
  const msp = await api.post('/tenants', { name: 'M', parent_id: 'root', kind: 'msp', slug: 'em' })
  t.match(msp.json(), { kind: 'msp', slug: 'em', parent_id: 1 })
})

t.test('names the field for a taken name, a taken slug and an impossible parent', async (t) => {
  const api = await checkedApi(t, await world(t))
  const refused = async (body: object) => {
    const answer = await api.post('/tenants', body)
    t.equal(answer.statusCode, 422)
    return Object.keys(answer.json().errors)
  }
  t.same(await refused({ name: 'ACME' }), ['name'])
  t.same(await refused({ name: 'New', slug: 'acme' }), ['slug'])
  t.same(await refused({ name: 'New', parent_id: 999 }), ['parent_id'])
  t.same(await refused({ name: '', kind: 'root' }), ['name', 'kind'])
  for (const name of ['\ud800', 'A\udc00b', '\u200b', 'Acme\u202e'])
    t.same(await refused({ name }), ['name'], JSON.stringify(name))
  t.same(await refused({ name: 'New', description: '\ud83d' }), ['description'])
})

t.test('changes what is sent, and only that', async (t) => {
  const api = await checkedApi(t, await world(t))
  const before = (await api.get(`/tenants/${ACME}`)).json()
  const changes = { description: 'Valued', active: false, blocks_inheritance: true }
  const answer = await api.patch(`/tenants/${ACME}`, changes)
  t.equal(answer.statusCode, 200)
  t.same(answer.json(), { ...before, ...changes, version: 2 })
  t.same((await api.get(`/tenants/${ACME}`)).json(), answer.json())
})

t.test('a change that changes nothing leaves no trace', async (t) => {
  const w = await world(t)
  const api = await checkedApi(t, w)
  const count = async () => (await w.db.selectFrom('operation').select('id').execute()).length
  const [before, operations] = [(await api.get(`/tenants/${ACME}`)).json(), await count()]
  const { name, active, parent_id } = before
  const answer = await api.patch(`/tenants/${ACME}`, { name, active, parent_id, version: 1 })
  t.same([answer.statusCode, answer.json()], [200, before])
  t.equal((await api.patch(`/tenants/${ACME}`, { name, version: 2 })).statusCode, 409)
  t.equal(await count(), operations)
})

t.test('moves a tenant, but never below itself', async (t) => {
  const api = await checkedApi(t, await world(t))
  const moved = await api.patch(`/tenants/${ACME_LEEDS}`, { parent_id: RIVAL })
  t.same(
    moved.json().path.map((step: { id: number }) => step.id),
    [1, RIVAL, ACME_LEEDS],
  )
  const circle = await api.patch(`/tenants/${RIVAL}`, { parent_id: ACME_LEEDS })
  t.equal(circle.statusCode, 422)
  t.ok(circle.json().errors.parent_id)
})

t.test('refuses a change to an older version, and shows what is there now', async (t) => {
  const api = await checkedApi(t, await world(t))
  const name = 'Acme Group'
  t.equal((await api.patch(`/tenants/${ACME}`, { name, version: 1 })).json().version, 2)
  const late = await api.patch(`/tenants/${ACME}`, { name: 'Acme Ltd', version: 1 })
  t.equal(late.statusCode, 409)
  t.match(late.json().current, { id: ACME, name, version: 2 })
  t.equal((await api.get(`/tenants/${ACME}`)).json().name, name)
})

t.test('leaves "All tenants" and the last MSP as they are', async (t) => {
  const api = await checkedApi(t, await world(t))
  t.equal((await api.patch('/tenants/root', { name: 'Everything' })).statusCode, 409)
  t.equal((await api.delete('/tenants/root')).statusCode, 409)
  t.equal((await api.patch(`/tenants/${NORTHWIND}`, { kind: 'client' })).statusCode, 422)
  t.equal((await api.delete(`/tenants/${NORTHWIND}`)).statusCode, 409)
})

t.test('deletes an empty tenant, and says what is in one that is not', async (t) => {
  const api = await checkedApi(t, await world(t))
  t.equal((await api.delete(`/tenants/${RIVAL}`)).statusCode, 204)
  t.equal((await api.get(`/tenants/${RIVAL}`)).statusCode, 404)
  t.equal((await api.delete(`/tenants/${RIVAL}`)).statusCode, 404)
  const full = await api.delete(`/tenants/${ACME}`)
  t.equal(full.statusCode, 409)
  t.match(full.json().detail, /Acme is not empty: it has 1 child tenant/)
})

t.test('takes a request that names a type of body, and has none', async (t) => {
  const { api } = await world(t)
  const headers = { 'content-type': 'application/json' }
  t.equal((await api.delete(`/tenants/${ACME_LEGAL}`, undefined, headers)).statusCode, 204)
  t.equal((await api.post('/tenants', undefined, headers)).statusCode, 422)
})
