import t from 'tap'
import { addCast, roles } from '../support/cast.ts'
import { addComputers } from '../support/computers.ts'
import { mainText } from '../support/html.ts'
import { foreseen } from '../support/jobs.ts'
import { ACME, ACME_LEEDS, ACME_LEGAL, RIVAL, type World, world } from '../support/world.ts'

// What follows when tenants get another parent, as the form and the batch tell it.

const EDIT = `/tenants/${ACME_LEEDS}/edit`
const KEY = 'agent.check_in_interval_seconds'
const leeds = {
  version: '1',
  name: 'Leeds office',
  parent: 'Rival',
  kind: 'branch_office',
  slug: 'acme-leeds',
  description: '',
  active: 'on',
}

const set = ({ api }: World, tenant_id: number, value: number, lock?: 'fixed') =>
  api.put(`/tenants/${tenant_id}/preferences/${KEY}`, { value, ...(lock && { lock }) })

const parentOf = async ({ api }: World, id: number) =>
  (await api.get(`/tenants/${id}`)).json().parent_id

const valueAt = async ({ api }: World, id: number) => {
  const { preferences } = (await api.get(`/tenants/${id}/preferences`)).json()
  return preferences.find(({ key }: { key: string }) => key === KEY).value
}

t.test('a new parent is saved only once it was seen what follows', async (t) => {
  const w = await world(t)
  await set(w, ACME, 600)
  await addComputers(w, ACME_LEGAL, ['One', 'Two'])
  const asked = await w.alice.post(EDIT, leeds)
  t.equal(asked.statusCode, 422)
  const text = mainText(asked.body)
  t.match(text, /2 tenants move, those below included, with 2 computers/)
  t.match(text, /600 seconds → .*?, for 2 tenants/)
  t.equal(await parentOf(w, ACME_LEEDS), ACME)
  const previewed = /name="previewed" value="(\d+)"/.exec(asked.body)![1]!
  t.equal(
    (await w.alice.post(EDIT, { ...leeds, parent: 'Northwind MSP', previewed })).statusCode,
    422,
  )
  t.equal((await w.alice.post(EDIT, { ...leeds, previewed })).statusCode, 303)
  t.equal(await parentOf(w, ACME_LEEDS), RIVAL)
})

t.test('what it says of preferences is what comes of it', async (t) => {
  const w = await world(t)
  await set(w, ACME, 600)
  await set(w, RIVAL, 1200, 'fixed')
  await set(w, ACME_LEGAL, 900)
  const places = [ACME_LEEDS, ACME_LEGAL]
  const before = await Promise.all(places.map((id) => valueAt(w, id)))
  const text = mainText((await w.alice.post(EDIT, leeds)).body)
  t.match(text, /600 seconds → 1200 seconds, for 1 tenant 900 seconds → 1200 seconds, for 1 tenant/)
  await w.alice.post(EDIT, { ...leeds, previewed: String(RIVAL) })
  t.same(before, [600, 900])
  t.same(await Promise.all(places.map((id) => valueAt(w, id))), [1200, 1200])
})

t.test('says who gains and who loses access; what was given at it goes along', async (t) => {
  const w = await world(t)
  const { bob, dana } = await addCast(w)
  const given = { person_id: dana.person_id, tenant_id: ACME_LEEDS, role_id: roles.viewer }
  t.equal((await w.api.post('/assignments', given)).statusCode, 201)
  const text = mainText((await w.alice.post(EDIT, leeds)).body)
  t.match(text, /Lose access: 1 Bob Technician \(Acme\) Gain access: 1 Charlie Rival \(Rival\)/)
  await w.alice.post(EDIT, { ...leeds, previewed: String(RIVAL) })
  const statuses = [bob, dana].map(({ api }) => api.get(`/tenants/${ACME_LEEDS}`))
  t.same(
    (await Promise.all(statuses)).map(({ statusCode }) => statusCode),
    [404, 200],
  )
})

t.test('the batch of a new parent shows the same', async (t) => {
  const w = await world(t)
  await addCast(w)
  await set(w, ACME, 600)
  const sent = { action: 'set_parent', ids: [String(ACME_LEEDS), String(ACME_LEGAL)] }
  const job = String((await w.alice.post('/tenants/batches', sent)).headers.location)
  await w.alice.post(`${job}/draft`, { parent: 'Rival', whole: 'rest' })
  const text = mainText(await foreseen(w.alice, job))
  t.match(text, /600 seconds → .*?, for 2 tenants/)
  t.match(text, /Lose access: 2 Bob Technician, Dana Reader \(Acme\)/)
})

t.test('what a new parent refuses is said before anything else', async (t) => {
  const w = await world(t)
  const refused = await w.alice.post(EDIT, { ...leeds, parent: 'acme-leeds-legal' })
  t.notMatch(mainText(refused.body), 'What the new parent changes')
  t.match(mainText(refused.body), 'cannot be put below itself')
})
