import t from 'tap'
import { addCast, addUser, roles } from '../support/cast.ts'
import { addComputer } from '../support/computers.ts'
import { mainText } from '../support/html.ts'
import { confirmJob } from '../support/jobs.ts'
import { ACME, ACME_LEEDS, RIVAL, type World, world } from '../support/world.ts'

const typed = {
  name: 'Reception',
  kind: 'workstation',
  serial_number: 'QX-1',
  manufacturer: 'Dell',
  model: 'OptiPlex',
  hardware_uuid: '',
  operating_system: 'Windows 11',
  person: '',
}

t.test('a computer that is typed in is active, at its tenant', async (t) => {
  const w = await world(t)
  const answer = await w.alice.post('/computers', { ...typed, tenant: 'Acme / Leeds office' })
  t.equal(answer.headers.location, '/computers/1')
  const text = mainText((await w.alice.get('/computers/1')).body)
  t.match(text, /Reception Workstation of Acme \/ Leeds office/)
})

t.test('a form that is wrong comes back with what was typed', async (t) => {
  const w = await world(t)
  for (const [wrong, message] of [
    [{ name: '' }, 'Enter a name.'],
    [{ tenant: 'Nowhere' }, 'There is no tenant'],
    [{ tenant: 'All tenants' }, 'Computers belong to a tenant.'],
    [{ person: 'Nobody' }, 'Nobody at this tenant'],
    [{ kind: 'toaster' }, 'Choose a kind.'],
  ] as const) {
    const answer = await w.alice.post('/computers', { ...typed, tenant: 'Acme', ...wrong })
    t.equal(answer.statusCode, 422)
    t.match(answer.body, message)
    t.match(answer.body, 'QX-1')
  }
})

t.test('two who edit at once do not overwrite each other unseen', async (t) => {
  const w = await world(t)
  await addComputer(w, ACME, { name: 'Reception' })
  await w.alice.post('/computers/1/edit', { ...typed, model: 'Mine', version: '1' })
  const answer = await w.alice.post('/computers/1/edit', { ...typed, model: 'Yours', version: '1' })
  t.equal(answer.statusCode, 409)
  t.match(mainText(answer.body), /Model Mine Yours/)
})

t.test('the primary person is somebody of the tenant, and is none after leaving', async (t) => {
  const w = await world(t)
  await addCast(w)
  const refused = await w.alice.post('/computers', {
    ...typed,
    tenant: 'Rival',
    person: 'Bob Technician',
  })
  t.equal(refused.statusCode, 422)
  await addComputer(w, ACME, { name: 'Reception', person: 'Bob Technician' })
  t.match((await w.alice.get('/computers/1')).body, 'Bob Technician')
})

t.test('shows the preferences of its tenant, and why', async (t) => {
  const w = await world(t)
  await addComputer(w, ACME_LEEDS, { name: 'Reception' })
  const key = 'agent.check_in_interval_seconds'
  await w.api.put(`/tenants/${ACME}/preferences/${key}`, { value: 600 })
  const text = mainText((await w.alice.get('/computers/1/preferences')).body)
  t.match(text, /Check-in interval .*?600 seconds|10 minutes.*?Acme/)
})

/** Does one thing with computers, by the pages; returns the page of the outcome. */
async function batch({ alice }: World, action: string, ids: number[], choice = {}, sent = {}) {
  const { headers } = await alice.post('/computers/batches', { action, ids: ids.map(String) })
  const job = String(headers.location)
  if (Object.keys(choice).length > 0) await alice.post(`${job}/draft`, choice)
  return confirmJob(alice, job, { reason: '', ...sent })
}

t.test(
  'moves with its agents, without its primary person, and tells so in its history',
  async (t) => {
    const w = await world(t)
    await addCast(w)
    const id = await addComputer(w, ACME, { name: 'Reception', person: 'Bob Technician' })
    const outcome = await batch(w, 'change_tenant', [id], { tenant: 'rival', whole: 'rest' })
    t.match(mainText(outcome), /Acme → Rival; its primary person stays behind/)
    t.match(
      mainText((await w.alice.get(`/computers/${id}/history`)).body),
      /Tenant was Acme → now Rival/,
    )
  },
)

t.test('a batch that is to be whole does nothing when one refuses', async (t) => {
  const w = await world(t)
  const [one, two] = [
    await addComputer(w, ACME, { name: 'One' }),
    await addComputer(w, ACME, { name: 'Two' }),
  ]
  await w.api.delete(`/computers/${two}`)
  const text = mainText(await batch(w, 'exclude', [one, two], { whole: 'whole' }))
  t.notMatch(text, /Changed 1/)
  t.match((await w.api.get(`/computers/${one}`)).json(), { state: 'active' })
  t.match(mainText(await batch(w, 'exclude', [one, two], { whole: 'rest' })), /Changed 1/)
  t.match((await w.api.get(`/computers/${one}`)).json(), { state: 'excluded' })
})

t.test('what is deleted can be restored, and is removed only by its name', async (t) => {
  const w = await world(t)
  const id = await addComputer(w, ACME, { name: 'Reception' })
  await batch(w, 'delete', [id])
  t.match((await w.alice.get('/computers?tab=deleted')).body, 'Reception')
  await batch(w, 'restore', [id])
  t.equal((await w.alice.post(`/computers/${id}/removal`, { name: 'Reception' })).statusCode, 422)
  await batch(w, 'delete', [id])
  t.equal((await w.alice.post(`/computers/${id}/removal`, { name: 'recep' })).statusCode, 422)
  t.equal((await w.alice.post(`/computers/${id}/removal`, { name: 'Reception' })).statusCode, 303)
  t.equal((await w.alice.get(`/computers/${id}`)).statusCode, 404)
})

t.test('T7: nobody sees or changes a computer of another tenant', async (t) => {
  const w = await world(t)
  const { bob, dana, charlie } = await addCast(w)
  const id = await addComputer(w, RIVAL, { name: 'Rival one' })
  const own = await addComputer(w, ACME, { name: 'Acme one' })
  for (const url of [`/computers/${id}`, `/computers/${id}/edit`, `/computers/${id}/history`])
    t.equal((await bob.browser.get(url)).statusCode, 404, url)
  t.equal((await bob.api.patch(`/computers/${id}`, { name: 'x' })).statusCode, 404)
  const answer = await bob.api.post('/computers/batch', { action: 'exclude', ids: [id, own] })
  t.match(answer.json(), { done: 1, refused: 0 })
  t.equal((await dana.api.patch(`/computers/${own}`, { name: 'x' })).statusCode, 403)
  t.equal((await charlie.api.get(`/computers/${own}`)).statusCode, 404)
  const there = { action: 'change_tenant', ids: [own], tenant_id: RIVAL }
  t.equal((await bob.api.post('/computers/batch', there)).statusCode, 404)
})

t.test('T10: who may only look at a tenant changes no computer there', async (t) => {
  const w = await world(t)
  const mia = await addUser(w, ACME, 'Mia Manager', 'manager')
  const looks = { person_id: mia.person_id, tenant_id: RIVAL, role_id: roles.viewer }
  t.equal((await w.api.post('/assignments', looks)).statusCode, 201)
  const id = await addComputer(w, RIVAL, { name: 'Theirs' })
  t.equal((await mia.api.get(`/computers/${id}`)).statusCode, 200)
  t.equal((await mia.api.patch(`/computers/${id}`, { model: 'T14' })).statusCode, 403)
  t.equal((await mia.api.delete(`/computers/${id}`)).statusCode, 403)
  t.match((await w.api.get(`/computers/${id}`)).json(), { model: '', state: 'active' })
})
