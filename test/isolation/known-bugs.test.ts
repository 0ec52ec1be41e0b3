import t from 'tap'
import { everyTenant } from '../../src/db/scope-guard.ts'
import { canary } from '../support/canaries.ts'
import { addCast, addUser, roles } from '../support/cast.ts'
import { addComputer, addComputers } from '../support/computers.ts'
import { importCsv } from '../support/jobs.ts'
import { withFile } from '../support/rows.ts'
import {
  ACME,
  ACME_LEEDS,
  ACME_LEGAL,
  NORTHWIND,
  RIVAL,
  type World,
  world,
} from '../support/world.ts'

// Ways in which other programs of this kind let one customer reach into another.

type User = Awaited<ReturnType<typeof addUser>>

const sees = async ({ api }: User, tenant: number) =>
  (await api.get(`/tenants/${tenant}`)).statusCode === 200

const reach = async (user: User) =>
  Promise.all([NORTHWIND, ACME, ACME_LEEDS, RIVAL].map((tenant) => sees(user, tenant)))

const EVERYTHING = [true, true, true, true]

/** A client of the MSP with a person in it, whose address is known all over. */
const addZoe = async ({ api }: World, tenant_id: number) =>
  (await api.post('/people', { name: 'Zoe', email: 'zoe@x.example', tenant_id })).json()
    .id as number

const personOf = ({ db }: World, id: number) =>
  everyTenant(db).selectFrom('person').selectAll().where('id', '=', id).executeTakeFirst()

const kindOf = async ({ api }: World, id: number) => (await api.get(`/tenants/${id}`)).json().kind

const northwind = {
  version: '1',
  name: 'Northwind MSP',
  parent: 'All tenants',
  kind: 'msp',
  slug: 'northwind',
  description: '',
  active: 'on',
}

t.test('T5: an export of tenants holds those of who exports, whatever it is asked', async (t) => {
  const { bob } = await addCast(await world(t))
  for (const query of [
    '',
    '?q=a',
    `?parent_id=${RIVAL}`,
    `?tenant=${RIVAL}`,
    '?q=&active=active',
  ]) {
    const { statusCode, body } = await bob.browser.get(`/tenants/export.csv${query}`)
    if (statusCode < 400) t.match(body, 'Acme', query)
    t.notMatch(body.replaceAll('rival', ''), /Rival|Northwind|All tenants/, query)
  }
})

t.test('T5: so does an export of people, and of computers', async (t) => {
  const w = await world(t)
  const { bob } = await addCast(w)
  await addComputers(w, ACME_LEGAL, ['Ours'])
  await addComputers(w, RIVAL, ['Theirs'])
  for (const query of ['', `?tenant=${RIVAL}`, '?tenant=Rival', '?q=the']) {
    const { body } = await bob.browser.get(`/computers/export.csv${query}`)
    t.notMatch(body, 'Theirs', query)
  }
  t.match((await bob.browser.get('/computers/export.csv')).body, 'Ours')
  const people = (await bob.browser.get(`/people/export.csv?tenant=Rival`)).body
  t.notMatch(people, /Charlie|Alice|Vera/)
  const all = (await bob.browser.get('/people/export.csv')).body
  t.match(all, /Bob[\s\S]*Dana/)
  t.notMatch(all, /Charlie|Alice|Vera/)
})

t.test('T5: nobody is put into a tenant that whoever does it cannot see', async (t) => {
  const w = await world(t)
  const mona = await addUser(w, ACME, 'Mona Manager', 'manager')
  const zoe = await addZoe(w, ACME)
  const form = { name: 'Zed', email: 'zed@x.example', role: '', tenant: 'Rival' }
  const given = { name: 'Zed', email: 'zed@x.example', tenant_id: RIVAL }
  const batch = { action: 'set_tenant', ids: String(zoe) }
  const job = String((await mona.browser.post('/people/batches', batch)).headers.location)
  const answers = [
    await mona.browser.post('/people', form),
    await mona.browser.post('/people', { ...form, tenant: String(RIVAL) }),
    await mona.browser.post(`/people/${zoe}/edit`, { ...form, version: '1' }),
    await mona.api.post('/people', given),
    await mona.api.patch(`/people/${zoe}`, { tenant_id: RIVAL }),
    await mona.browser.post(`${job}/draft`, { tenant: 'Rival' }),
  ]
  t.same(
    answers.map(({ statusCode }) => statusCode),
    answers.map(() => 422),
  )
  t.equal((await personOf(w, zoe))?.tenant_id, ACME)
  t.same((await w.api.get(`/people?tenant_id=${RIVAL}`)).json().people, [])
})

t.test('T9: the primary person of a computer is somebody of its own tenant', async (t) => {
  const w = await world(t)
  const { charlie } = await addCast(w)
  const [pc] = (await addComputers(w, ACME, ['Reception'])) as [number]
  const primary_person_id = charlie.person_id
  const facts = { name: 'Till', kind: 'workstation', serial_number: '', manufacturer: '' }
  const more = { model: '', hardware_uuid: '', operating_system: '', person: 'Charlie Rival' }
  const answers = [
    await w.api.patch(`/computers/${pc}`, { primary_person_id }),
    await w.api.post('/computers', { name: 'Till', tenant_id: ACME, primary_person_id }),
    await w.alice.post('/computers', { ...facts, ...more, tenant: 'Acme' }),
    await w.alice.post(`/computers/${pc}/edit`, { ...facts, ...more, version: '1' }),
  ]
  t.same(
    answers.map(({ statusCode }) => statusCode),
    [422, 422, 422, 422],
  )
  t.throws(() => {
    withFile(w.path, (sqlite) => {
      sqlite.exec("insert into operation (at, kind, actor_name) values ('2026', 'x', 'x')")
      sqlite.exec('insert into open_operation select 1, max(id) from operation')
      sqlite.exec(`update computer set primary_person_id = ${primary_person_id}`)
    })
  }, /FOREIGN KEY constraint failed/)
})

t.test('T5: a person who moves is no primary person of what stays behind', async (t) => {
  const w = await world(t)
  const zoe = await addZoe(w, ACME)
  const pc = await addComputer(w, ACME, { name: 'Reception', person: 'zoe@x.example' })
  const moved = await w.api.patch(`/people/${zoe}`, { tenant_id: RIVAL })
  const { primary_person_id } = (await w.api.get(`/computers/${pc}`)).json()
  t.match([moved.statusCode, primary_person_id], [200, null])
})

t.test('T5: the domain of an address says nothing on where its owner belongs', async (t) => {
  const w = await world(t)
  const mia = await addUser(w, RIVAL, 'Mia Manager', 'manager')
  const zoe = await addZoe(w, ACME)
  const namesake = { name: 'Zoe', email: 'zoe@x.example', tenant_id: RIVAL }
  const max = await addUser(w, NORTHWIND, 'Max', 'technician')
  t.equal((await mia.api.post('/people', namesake)).statusCode, 201)
  const like_max = { ...namesake, email: `other@${canary(NORTHWIND)}.example` }
  t.equal((await mia.api.post('/people', like_max)).statusCode, 201)
  t.equal((await personOf(w, zoe))?.tenant_id, ACME)
  t.equal((await personOf(w, max.person_id))?.tenant_id, NORTHWIND)
})

t.test('T10: users of the MSP keep their access, whatever is changed about it', async (t) => {
  const w = await world(t)
  const vera = await addUser(w, NORTHWIND, 'Vera Viewer', 'viewer')
  t.same(await reach(vera), EVERYTHING)
  const renamed = {
    ...northwind,
    name: 'Southwind',
    slug: 'southwind',
    parent: 'Acme',
    previewed: String(ACME),
  }
  t.equal((await w.alice.post(`/tenants/${NORTHWIND}/edit`, renamed)).statusCode, 303)
  t.same(await reach(vera), EVERYTHING, 'renamed, and moved below a client')
  await w.api.patch(`/tenants/${NORTHWIND}`, { parent_id: 1, blocks_inheritance: true })
  t.same(await reach(vera), EVERYTHING, 'moved back')
  await importCsv(w.alice, 'name,slug,parent\nNorthwind,southwind,\nBerlin,,southwind\n')
  t.same(await reach(vera), EVERYTHING, 'imported')
  await w.api.patch(`/people/${vera.person_id}`, { email: 'vera@rival.example' })
  t.same(await reach(vera), EVERYTHING, 'with an address like that of a client')
})

t.test('T5: a new slug leaves an MSP an MSP, and a client a client', async (t) => {
  const w = await world(t)
  const vera = await addUser(w, NORTHWIND, 'Vera Viewer', 'viewer')
  await w.api.patch(`/tenants/${NORTHWIND}`, { slug: 'nw' })
  t.equal(await kindOf(w, NORTHWIND), 'msp')
  await w.alice.post(`/tenants/${NORTHWIND}/edit`, { ...northwind, slug: 'nw-2', version: '2' })
  t.match((await w.api.get(`/tenants/${NORTHWIND}`)).json(), { kind: 'msp', slug: 'nw-2' })
  await importCsv(w.alice, 'name,slug\nNorthwind MSP,nw-2\n')
  t.equal(await kindOf(w, NORTHWIND), 'msp')
  t.same(await reach(vera), EVERYTHING)
  await w.api.patch(`/tenants/${RIVAL}`, { slug: 'northwind' })
  t.equal(await kindOf(w, RIVAL), 'client')
})

t.test('who moved to another tenant outlives the one that was left', async (t) => {
  const w = await world(t)
  const { person_id } = await addUser(w, ACME_LEGAL, 'Lea Legal', 'viewer')
  await w.api.patch(`/people/${person_id}`, { tenant_id: RIVAL })
  t.equal((await w.api.delete(`/tenants/${ACME_LEGAL}`)).statusCode, 204)
  t.match(await personOf(w, person_id), { tenant_id: RIVAL, role_id: roles.viewer, active: 1 })
  const accounts = await w.db.selectFrom('user_account').select('person_id').execute()
  t.ok(accounts.some((account) => account.person_id === person_id))
})

t.test('T10: who is no administrator of all makes no copy that reaches further', async (t) => {
  const w = await world(t)
  const mona = await addUser(w, ACME, 'Mona Manager', 'manager')
  const max = await addUser(w, NORTHWIND, 'Max Manager', 'manager')
  const copy = { name: 'Copy', description: '', permissions: ['role.manage'] }
  const at_root = { person_id: mona.person_id, tenant_id: 1, role_id: roles.manager }
  for (const { browser, api } of [mona, max]) {
    t.ok([403, 404].includes((await browser.get('/roles/new?from=1')).statusCode))
    t.ok([403, 404].includes((await browser.post('/roles', copy)).statusCode))
    const more = { ...at_root, tenant_id: ACME, role_id: roles.administrator }
    t.equal((await api.post('/assignments', more)).statusCode, 403)
  }
  t.not((await mona.api.post('/assignments', at_root)).statusCode, 201)
  t.not((await mona.api.post('/assignments', { ...at_root, tenant_id: RIVAL })).statusCode, 201)
  t.equal(await sees(mona, RIVAL), false)
})
