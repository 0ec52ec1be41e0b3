import t from 'tap'
import { everyTenant } from '../../src/db/scope-guard.ts'
import { addCast, addUser, roles } from '../support/cast.ts'
import { mainText } from '../support/html.ts'
import { badLines, confirmJob, draftImport, figures, previewImport } from '../support/jobs.ts'
import {
  ACME,
  ACME_LEEDS,
  ACME_LEGAL,
  NORTHWIND,
  RIVAL,
  type World,
  world,
} from '../support/world.ts'

type Person = Awaited<ReturnType<typeof addUser>>

const tenant = ({ db }: World, id: number) =>
  everyTenant(db).selectFrom('tenant').selectAll().where('id', '=', id).executeTakeFirstOrThrow()

const tenantCount = async ({ db }: World) =>
  (await everyTenant(db).selectFrom('tenant').select('id').execute()).length

/** A manager of Acme, who may do there what can be done with tenants. */
const addManager = (w: World) => addUser(w, ACME, 'Mona Manager', 'manager')

const batch = async ({ browser }: Person, fields: Record<string, string | string[]>) => {
  const { statusCode, headers } = await browser.post('/tenants/batches', fields)
  return { statusCode, job: String(headers.location) }
}

const preview = async (person: Person, job: string) =>
  mainText((await person.browser.get(job)).body)

t.test('creates only where one may create', async (t) => {
  const w = await world(t)
  const mona = await addManager(w)
  t.equal((await mona.api.post('/tenants', { name: 'X', parent_id: ACME })).statusCode, 201)
  t.equal((await mona.api.post('/tenants', { name: 'X', parent_id: RIVAL })).statusCode, 422)
  t.equal((await mona.api.post('/tenants', { name: 'X' })).statusCode, 422)
  const form = { name: 'Y', parent: 'Rival', kind: 'client', slug: '', description: '' }
  const refused = await mona.browser.post('/tenants', form)
  t.equal(refused.statusCode, 422)
  t.match(refused.body, 'There is no tenant “Rival”.')
  t.equal(await tenantCount(w), 7)
})

t.test('moves need the permission to move, at the tenant and where it goes', async (t) => {
  const w = await world(t)
  const { bob } = await addCast(w)
  const mona = await addManager(w)
  const move = ({ api }: Person, parent_id: number) =>
    api.patch(`/tenants/${ACME_LEGAL}`, { parent_id })
  t.equal((await move(bob, ACME)).statusCode, 403)
  t.equal((await move(mona, RIVAL)).statusCode, 422)
  t.equal((await move(mona, ACME)).statusCode, 200)
  t.equal((await tenant(w, ACME_LEGAL)).parent_id, ACME)
})

t.test('nobody gains rights on a tenant by moving it, nor gets it out of a denial', async (t) => {
  const w = await world(t)
  const permissions = ['tenant.view', 'tenant.edit', 'tenant.move', 'tenant.import']
  const mover = await w.api.post('/roles', { name: 'Mover', permissions })
  const ron = await addUser(w, RIVAL, 'Ron Rival', 'administrator')
  const given = { person_id: ron.person_id, role_id: mover.json().id, tenant_id: ACME }
  t.equal((await w.api.post('/assignments', given)).statusCode, 201)
  const moved = await ron.api.patch(`/tenants/${ACME_LEEDS}`, { parent_id: RIVAL })
  t.match([moved.statusCode, moved.body], [403, /more rights on the tenant than you have/])
  const { job } = await batch(ron, { action: 'set_parent', ids: [String(ACME_LEEDS)] })
  await ron.browser.post(`${job}/draft`, { parent: 'Rival' })
  t.match(await preview(ron, job), /more rights on the tenant than you have/)
  const { slug } = await tenant(w, ACME_LEEDS)
  const file = `name,slug,parent\nLeeds office,${slug},rival\n`
  const seen = await previewImport(ron.browser, file)
  t.match(JSON.stringify(badLines(seen)), /more rights on the tenant than you have/)
  t.equal((await tenant(w, ACME_LEEDS)).parent_id, ACME)
})

t.test('nobody gains rights on a tenant by taking back how it was moved away', async (t) => {
  const w = await world(t)
  const permissions = ['tenant.view', 'tenant.edit', 'tenant.move', 'history.view']
  const mover = await w.api.post('/roles', { name: 'Mover', permissions })
  const ron = await addUser(w, RIVAL, 'Ron Rival', 'administrator')
  const given = { person_id: ron.person_id, role_id: mover.json().id, tenant_id: ACME }
  await w.api.patch(`/tenants/${ACME_LEEDS}`, { parent_id: RIVAL })
  await w.api.patch(`/tenants/${ACME_LEEDS}`, { parent_id: ACME })
  await w.api.post('/assignments', given)
  const { operations } = (await ron.api.get('/operations?kind=tenant.update')).json()
  const undo = (by: World['api']) => by.post(`/operations/${operations[0].id}/undo`, {})
  t.equal((await undo(ron.api)).statusCode, 403)
  t.equal((await tenant(w, ACME_LEEDS)).parent_id, ACME)
  t.equal((await undo(w.api)).statusCode, 201)
})

t.test('who does not see the parent of a tenant can save it as it is', async (t) => {
  const w = await world(t)
  const lena = await addUser(w, ACME_LEEDS, 'Lena Lead', 'manager')
  const form = {
    version: '1',
    name: 'Leeds',
    parent: 'Acme',
    kind: 'branch_office',
    slug: 'acme-leeds',
    description: '',
    active: 'on',
  }
  const { statusCode } = await lena.browser.post(`/tenants/${ACME_LEEDS}/edit`, form)
  t.equal(statusCode, 303)
  t.match(await tenant(w, ACME_LEEDS), { name: 'Leeds', parent_id: ACME })
})

t.test('makes an MSP of a tenant only for who could give its users the same', async (t) => {
  const w = await world(t)
  await addCast(w)
  const mona = await addManager(w)
  const max = await addUser(w, NORTHWIND, 'Max Manager', 'manager')
  const raise = ({ api }: Person, id: number) => api.patch(`/tenants/${id}`, { kind: 'msp' })
  t.equal((await raise(mona, ACME)).statusCode, 403)
  t.equal(
    (await mona.api.post('/tenants', { name: 'Z', parent_id: ACME, kind: 'msp' })).statusCode,
    403,
  )
  // Charlie is an administrator of Rival; nobody at Acme has more than a manager has.
  t.equal((await raise(max, RIVAL)).statusCode, 403)
  t.equal((await raise(max, ACME)).statusCode, 200)
  t.equal((await w.api.patch(`/tenants/${RIVAL}`, { kind: 'msp' })).statusCode, 200)
})

t.test(
  'letting a tenant block inheritance needs the permission to lock, by the API too',
  async (t) => {
    const w = await world(t)
    const { bob } = await addCast(w)
    const block = { blocks_inheritance: true }
    t.equal((await bob.api.patch(`/tenants/${ACME}`, block)).statusCode, 403)
    t.equal((await tenant(w, ACME)).blocks_inheritance, 0)
  },
)

t.test('a batch does not touch what one may not, nor tell of it', async (t) => {
  const w = await world(t)
  const { bob } = await addCast(w)
  const ids = [ACME, RIVAL, NORTHWIND].map(String)
  const { job } = await batch(bob, { action: 'deactivate', ids })
  const seen = await preview(bob, job)
  t.match(seen, /Acme/)
  t.notMatch(seen, /Rival|Northwind/)
  await confirmJob(bob.browser, job, { reason: '' })
  t.same([(await tenant(w, ACME)).active, (await tenant(w, RIVAL)).active], [0, 1])
})

t.test('a batch says of each tenant that one sees why it may not be touched', async (t) => {
  const w = await world(t)
  const { charlie } = await addCast(w)
  await w.api.post('/assignments', {
    person_id: charlie.person_id,
    role_id: roles.viewer,
    tenant_id: ACME,
  })
  const { job } = await batch(charlie, { action: 'delete', ids: [String(ACME_LEGAL)] })
  t.match(await preview(charlie, job), /It needs the permission “Delete tenants”/)
  t.equal(await tenantCount(w), 6)
})

t.test('a batch needs its own permission from the start', async (t) => {
  const { bob, dana } = await addCast(await world(t))
  const ids = [String(ACME)]
  t.equal((await batch(bob, { action: 'delete', ids })).statusCode, 403)
  t.equal((await batch(bob, { action: 'set_parent', ids })).statusCode, 403)
  t.equal((await batch(dana, { action: 'activate', ids })).statusCode, 403)
})

t.test('“all that match” are those that one sees', async (t) => {
  const w = await world(t)
  const { bob } = await addCast(w)
  const { job } = await batch(bob, { action: 'deactivate', match: '1' })
  t.match(await preview(bob, job), /Deactivate 3 tenants/)
})

t.test('T10: a job that was foreseen before access was withdrawn does nothing', async (t) => {
  const w = await world(t)
  const { bob } = await addCast(w)
  const { job } = await batch(bob, { action: 'deactivate', ids: [String(ACME_LEEDS)] })
  t.match(await preview(bob, job), /Leeds/)
  const given = { person_id: bob.person_id, role_id: null, effect: 'deny', tenant_id: ACME_LEEDS }
  await w.api.post('/assignments', given)
  t.notMatch(await preview(bob, job), /Leeds/)
  await confirmJob(bob.browser, job, { reason: '' })
  t.equal((await tenant(w, ACME_LEEDS)).active, 1)
})

t.test('an import reaches no further than who imports', async (t) => {
  const w = await world(t)
  const mona = await addManager(w)
  const lines = ['Stolen,rival,', 'Mine,acme,', 'Rival,,rival', 'Top,,', 'Leeds,acme,acme-leeds']
  const seen = await previewImport(mona.browser, `name,parent,slug\n${lines.join('\n')}\n`)
  t.match(badLines(seen), [
    /^2 There is no tenant with the slug or the path "rival"/,
    /^4 The slug "rival" is taken/,
    /^5 You may not do this here. It needs the permission “Import tenants”/,
  ])
  t.notMatch(seen.replaceAll('rival', ''), 'Rival</')
})

t.test('an export of one’s own branch is imported again and changes nothing', async (t) => {
  const w = await world(t)
  const lena = await addUser(w, ACME_LEEDS, 'Lena Lead', 'manager')
  const csv = (await lena.browser.get('/tenants/export.csv')).body
  t.same(figures(await previewImport(lena.browser, csv)), [0, 0, 2, 0])
})

t.test('an import needs to be permitted when it runs', async (t) => {
  const w = await world(t)
  const mona = await addManager(w)
  const job = await draftImport(mona.browser, 'name,parent\nNew one,acme\n')
  await w.api.post('/assignments', {
    person_id: mona.person_id,
    role_id: null,
    effect: 'deny',
    tenant_id: ACME,
  })
  const { statusCode } = await mona.browser.post(`${job}/start`)
  t.equal(statusCode, 403)
  t.equal(await tenantCount(w), 6)
})

t.test('a slug that somebody else has is taken, and nobody is told by whom', async (t) => {
  const w = await world(t)
  const mona = await addManager(w)
  const answer = await mona.api.post('/tenants', { name: 'X', parent_id: ACME, slug: 'rival' })
  t.equal(answer.statusCode, 422)
  t.match(answer.body, /is taken by another tenant/)
})

// What went wrong elsewhere.

t.test('a new slug does not end that a tenant is an MSP', async (t) => {
  const w = await world(t)
  await w.api.patch(`/tenants/${NORTHWIND}`, { slug: 'north' })
  t.match(await tenant(w, NORTHWIND), { slug: 'north', kind: 'msp' })
  const form = { version: '2', name: 'Northwind MSP', kind: 'msp', slug: 'nw', description: '' }
  await w.alice.post(`/tenants/${NORTHWIND}/edit`, { ...form, parent: 'All tenants', active: 'on' })
  t.match(await tenant(w, NORTHWIND), { slug: 'nw', kind: 'msp' })
})

t.test(
  'nobody changes a tenant of another client by naming it in the body or the address',
  async (t) => {
    const w = await world(t)
    const { charlie } = await addCast(w)
    const before = await tenant(w, ACME)
    t.equal((await charlie.api.patch(`/tenants/${ACME}`, { name: 'Mine' })).statusCode, 404)
    t.equal((await charlie.api.delete(`/tenants/${ACME_LEGAL}`)).statusCode, 404)
    t.equal((await charlie.api.patch(`/tenants/${RIVAL}`, { id: ACME, name: 'R' })).statusCode, 422)
    t.equal((await charlie.browser.post(`/tenants/${ACME}/edit`, {})).statusCode, 404)
    t.same(await tenant(w, ACME), before)
    t.equal(await tenantCount(w), 6)
  },
)
