import t from 'tap'
import { takeBack } from '../../src/audit/undo.ts'
import { everyTenant } from '../../src/db/scope-guard.ts'
import { importTenants } from '../../src/tenants/csv/import.ts'
import { confirmJob, upload } from '../support/jobs.ts'
import { foresee, merge } from '../support/merging.ts'
import { mainText } from '../support/html.ts'
import { ACME, ACME_LEEDS, RIVAL, type World, world } from '../support/world.ts'

const namesOf = async ({ db }: World) =>
  (await everyTenant(db).selectFrom('tenant').select('name').execute()).map(({ name }) => name)

const bring = ({ db, actor }: World, csv: string) => importTenants(db, actor, csv)

t.test('a file that brings a merged tenant again does not create it again', async (t) => {
  const w = await world(t)
  await merge(w, [ACME], RIVAL)
  const before = await namesOf(w)
  for (const csv of ['name,slug\nAcme,acme\n', 'name\nAcme\n', 'name,slug\nAcme Ltd,acme\n'])
    t.match(await bring(w, csv), { created: 0, changed: 0, unchanged: 1, bad: [] })
  t.same(await namesOf(w), before)
})

t.test('what a file puts below a merged tenant comes below the destination', async (t) => {
  const w = await world(t)
  await merge(w, [ACME], RIVAL)
  await bring(w, 'name,slug,parent\nAcme,acme,\nYork,york,acme\nHull,hull,Acme\n')
  for (const slug of ['york', 'hull']) {
    const found = everyTenant(w.db).selectFrom('tenant').select('parent_id')
    t.same(await found.where('slug', '=', slug).executeTakeFirst(), { parent_id: RIVAL }, slug)
  }
})

t.test('what a file puts at a merged tenant comes to the destination', async (t) => {
  const w = await world(t)
  await merge(w, [ACME], RIVAL)
  const response = await upload(w.alice, '/computers/import', 'tenant,name\nacme,PC-1\n')
  await confirmJob(w.alice, String(response.headers.location))
  const computers = everyTenant(w.db).selectFrom('computer').select(['name', 'tenant_id'])
  t.same(await computers.execute(), [{ name: 'PC-1', tenant_id: RIVAL }])
})

t.test('a former slug is not given to another tenant', async (t) => {
  const w = await world(t)
  await merge(w, [ACME], RIVAL)
  const taken = await w.api.post('/tenants', { name: 'New', slug: 'acme' })
  t.equal(taken.statusCode, 422)
  t.match(taken.body, /part of another one now/)
  const named = await w.api.post('/tenants', { name: 'Acme' })
  t.equal(named.json().slug, 'acme-2')
})

t.test('the destination shows its former names, and they can be removed', async (t) => {
  const w = await world(t)
  await merge(w, [ACME], RIVAL)
  t.match(mainText((await w.alice.get(`/tenants/${RIVAL}/edit`)).body), /Former name.*Acme acme/)
  await w.alice.post(`/tenants/${RIVAL}/aliases/1/removal`)
  t.match(await bring(w, 'name,slug\nAcme,acme\n'), { created: 1 })
})

t.test('former names go on to the next destination, and back', async (t) => {
  const w = await world(t)
  await merge(w, [ACME_LEEDS], ACME)
  t.match((await foresee(w, [ACME], RIVAL)).counts.at(-1), { what: 'Former names', number: 1 })
  const { operation_id } = await merge(w, [ACME], RIVAL)
  t.match(await bring(w, 'name,slug\nLeeds office,acme-leeds\n'), { unchanged: 1, bad: [] })
  await takeBack(w.db, w.actor, operation_id, null)
  const aliases = everyTenant(w.db).selectFrom('tenant_alias').select(['slug', 'tenant_id'])
  t.same(await aliases.execute(), [{ slug: 'acme-leeds', tenant_id: ACME }])
})
