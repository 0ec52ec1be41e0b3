import t from 'tap'
import { takeBack } from '../../src/audit/undo.ts'
import { operation } from '../../src/db/operation.ts'
import { everyTenant } from '../../src/db/scope-guard.ts'
import { requireAsSeen } from '../../src/merging/plan.ts'
import { listUnregistered, parts, staying } from '../../src/merging/registry.ts'
import { runMerge } from '../../src/merging/run.ts'
import { paced } from '../../src/pace.ts'
import { updateTenant } from '../../src/tenants/commands.ts'
import { anyTenant } from '../support/cast.ts'
import { addComputer, sync } from '../support/computers.ts'
import { textOf } from '../support/html.ts'
import { confirmJob } from '../support/jobs.ts'
import { draftMerge, foresee, merge, mergeByPages, wantedOf } from '../support/merging.ts'
import { personRow } from '../support/person.ts'
import { setAt } from '../support/preferences.ts'
import { readState, withFile } from '../support/rows.ts'
import {
  ACME,
  ACME_LEEDS,
  ACME_LEGAL,
  NORTHWIND,
  RIVAL,
  type World,
  world,
} from '../support/world.ts'

const KEY = 'agent.check_in_interval_seconds'
const acme = { id: ACME, name: 'Acme' }

const tenantOf = ({ db }: World, id: number) =>
  everyTenant(db).selectFrom('tenant').selectAll().where('id', '=', id).executeTakeFirst()

const addPerson = ({ db, actor }: World, tenant_id: number, name: string, email: string) =>
  operation(db, actor, 'test.person', async (tx) => {
    const added = tx.insertInto('person').values(personRow(tenant_id, name, email))
    return (await added.returning('id').executeTakeFirstOrThrow()).id
  })

const set = ({ db, actor }: World, id: number, value: number, lock: 'fixed' | null = null) =>
  operation(db, actor, 'test.set', (tx) => setAt(tx, id, KEY, { form: { value }, lock }))

const entriesOf = ({ db }: World) =>
  everyTenant(db).selectFrom('preference_entry').select(['tenant_id', 'value']).execute()

t.test('a merged tenant becomes part of the destination, with all that it has', async (t) => {
  const w = await world(t)
  const ann = await addPerson(w, ACME, 'Ann', 'ann@acme.example')
  const pc = await addComputer(w, ACME, { name: 'PC-1', person: 'ann@acme.example' })
  const page = await mergeByPages(w.alice, acme, 'Rival')
  t.match(textOf(page), /Acme → Rival/)
  const computers = await everyTenant(w.db).selectFrom('computer').selectAll().execute()
  t.match(computers, [{ id: pc, tenant_id: RIVAL, primary_person_id: ann }])
  t.equal((await tenantOf(w, ACME_LEEDS))?.path, `/1/${RIVAL}/${ACME_LEEDS}/`)
  t.equal(await tenantOf(w, ACME), undefined)
})

t.test('agents go with their computers, and those that wait for a decision too', async (t) => {
  const w = await world(t)
  const seen = { name: 'PC', manufacturer: 'Dell', serial_number: 'S-123', tenant_id: ACME }
  const facts = { hardware_uuid: '', model: '', operating_system: '', last_seen_at: w.db.now() }
  await sync(w, [{ external_key: 'a', ...seen, ...facts }])
  await merge(w, [ACME], RIVAL)
  const agents = await everyTenant(w.db).selectFrom('agent').select('tenant_id').execute()
  t.same(agents, [{ tenant_id: RIVAL }])
})

t.test('an undo brings all of it back, and a redo merges again', async (t) => {
  const w = await world(t)
  await addPerson(w, ACME, 'Ann', 'ann@acme.example')
  await addComputer(w, ACME, { name: 'PC-1', person: 'ann@acme.example' })
  await set(w, ACME, 60, 'fixed')
  const before = readState(w.db)
  const { operation_id } = await merge(w, [ACME], RIVAL)
  const undo = await takeBack(w.db, w.actor, operation_id, null)
  t.same(readState(w.db), before)
  await takeBack(w.db, w.actor, undo, null)
  t.equal(await tenantOf(w, ACME), undefined)
})

t.test('an undo names the later change that stands in its way', async (t) => {
  const w = await world(t)
  const { operation_id } = await merge(w, [ACME], RIVAL)
  await operation(w.db, w.actor, 'tenant.update', (tx) =>
    updateTenant(tx, anyTenant(ACME_LEEDS), { name: 'Leeds' }),
  )
  const page = await w.alice.get(`/history/${operation_id}/undo`)
  t.match(textOf(page.body), /later operation has changed the same/)
  t.match(textOf(page.body), /Changed tenant/)
})

t.test('several tenants are merged as one operation, the deeper ones first', async (t) => {
  const w = await world(t)
  const { operation_id, sources } = await merge(w, [ACME, ACME_LEEDS], RIVAL)
  t.same(
    sources.map(({ id }) => id),
    [ACME_LEEDS, ACME],
  )
  t.equal((await tenantOf(w, ACME_LEGAL))?.parent_id, RIVAL)
  t.equal(await tenantOf(w, ACME), undefined)
  const before = await tenantOf(w, RIVAL)
  await takeBack(w.db, w.actor, operation_id, null)
  t.equal((await tenantOf(w, ACME_LEGAL))?.parent_id, ACME_LEEDS)
  t.equal(before?.child_count, 1)
})

t.test('the emptied tenant is kept, not active, if so chosen', async (t) => {
  const w = await world(t)
  await mergeByPages(w.alice, acme, 'Rival', { fate: 'keep' })
  t.match(await tenantOf(w, ACME), { active: 0, slug: 'acme-merged', child_count: 0 })
})

t.test('a tenant can become part of its parent', async (t) => {
  const w = await world(t)
  await merge(w, [ACME_LEEDS], ACME)
  t.equal((await tenantOf(w, ACME_LEGAL))?.parent_id, ACME)
})

t.test('what cannot be merged is refused, saying why', async (t) => {
  const { alice } = await world(t)
  const refusals: [number, string, RegExp][] = [
    [ACME, 'Acme', /cannot be merged into itself/],
    [ACME, 'Acme / Leeds office', /which is below it/],
    [ACME, 'All tenants', /root of the tree/],
    [ACME, 'Northwind MSP', /is an MSP tenant/],
    [NORTHWIND, 'Acme', /is an MSP tenant/],
    [ACME, 'Nowhere', /There is no tenant/],
  ]
  for (const [id, destination, reason] of refusals) {
    const { headers } = await alice.post('/tenants/merges', { ids: String(id) })
    const fields = { destination, fate: 'delete' }
    const answer = await alice.post(`${String(headers.location)}/draft`, fields)
    t.equal(answer.statusCode, 422)
    t.match(textOf(answer.body), reason)
  }
})

t.test('without a destination, it asks for one', async (t) => {
  const { alice } = await world(t)
  const { headers } = await alice.post('/tenants/merges', { ids: String(ACME) })
  const fields = { destination: '', fate: 'delete' }
  const answer = await alice.post(`${String(headers.location)}/draft`, fields)
  t.equal(answer.statusCode, 422)
  t.match(textOf(answer.body), /Choose a destination\./)
})

t.test('what was merged offers its undo once', async (t) => {
  const w = await world(t)
  const page = await mergeByPages(w.alice, acme, 'Rival')
  t.equal(page.match(/href="\/history\/\d+\/undo"/g)?.length, 1)
})

t.test('nothing is merged until the name of the tenant is typed', async (t) => {
  const w = await world(t)
  const job = await draftMerge(w.alice, [ACME], 'Rival')
  const answer = await w.alice.post(`${job}/start`, { name: 'Acne', reason: '' })
  t.equal(answer.statusCode, 422)
  t.match(textOf(answer.body), /Type Acme to go on/)
  t.ok(await tenantOf(w, ACME))
})

t.test('what was changed after the preview stops it, and nothing is merged', async (t) => {
  const w = await world(t)
  const job = await draftMerge(w.alice, [ACME], 'Rival')
  await operation(w.db, w.actor, 'tenant.update', (tx) =>
    updateTenant(tx, anyTenant(RIVAL), { description: 'Another' }),
  )
  const page = await confirmJob(w.alice, job, { name: 'Acme', reason: '' })
  t.match(textOf(page), /was changed since you looked at it/)
  t.ok(await tenantOf(w, ACME))
})

t.test('of two merges that cross, the first one counts', async (t) => {
  const w = await world(t)
  const one = await draftMerge(w.alice, [ACME], 'Rival')
  const other = await draftMerge(w.alice, [RIVAL], 'Acme')
  await confirmJob(w.alice, one, { name: 'Acme', reason: '' })
  const page = await confirmJob(w.alice, other, { name: 'Rival', reason: '' })
  t.match(textOf(page), /does not exist any more/)
  t.ok(await tenantOf(w, RIVAL))
})

t.test('a merge that is cancelled half-way leaves nothing half-done', async (t) => {
  const w = await world(t)
  await addComputer(w, ACME, { name: 'PC-1' })
  const before = readState(w.db)
  const stop = new AbortController()
  const pace = paced((done) => done > 0 && stop.abort(), stop.signal)
  await t.rejects(
    operation(w.db, w.actor, 'tenant.merge', (tx) =>
      runMerge(tx, w.actor, wantedOf([ACME], RIVAL), null, pace),
    ),
  )
  t.same(readState(w.db), before)
})

t.test('preferences stay those of the destination, unless somebody takes one', async (t) => {
  const w = await world(t)
  await set(w, ACME, 60)
  await set(w, RIVAL, 90)
  const { conflicts } = await foresee(w, [ACME], RIVAL)
  t.match(conflicts, [{ source: /60/, destination: /90/ }])
  const { operation_id } = await merge(w, [ACME], RIVAL)
  t.same(await entriesOf(w), [{ tenant_id: RIVAL, value: '90' }])
  await takeBack(w.db, w.actor, operation_id, null)
  await merge(w, [ACME], RIVAL, { choices: { [conflicts[0]!.id]: 'source' } })
  t.same(await entriesOf(w), [{ tenant_id: RIVAL, value: '60' }])
})

t.test('a preference that a lock above forbids cannot be taken', async (t) => {
  const w = await world(t)
  await set(w, ACME, 60)
  await set(w, 1, 600, 'fixed')
  const { conflicts, refusals } = await foresee(w, [ACME], RIVAL)
  t.same(refusals, [])
  const choices = { [conflicts[0]!.id]: 'source' }
  t.match((await foresee(w, [ACME], RIVAL, { choices })).refusals, [/Locked by All tenants/])
  await t.rejects(merge(w, [ACME], RIVAL, { choices }), /Locked by All tenants/)
})

t.test('people of one address become one, and everything points at who stays', async (t) => {
  const w = await world(t)
  await addPerson(w, ACME, 'Ann Old', 'ann@x.example')
  const ann = await addPerson(w, RIVAL, 'Ann', 'ANN@x.example')
  const pc = await addComputer(w, ACME, { name: 'PC-1', person: 'ann@x.example' })
  await merge(w, [ACME], RIVAL)
  const people = everyTenant(w.db).selectFrom('person').where('email_key', '=', 'ann@x.example')
  t.match(await people.selectAll().execute(), [{ id: ann, name: 'Ann', tenant_id: RIVAL }])
  const { primary_person_id } = await everyTenant(w.db)
    .selectFrom('computer')
    .select('primary_person_id')
    .where('id', '=', pc)
    .executeTakeFirstOrThrow()
  t.equal(primary_person_id, ann)
})

t.test('a child whose name is taken at the destination gets a suffix', async (t) => {
  const w = await world(t)
  await operation(w.db, w.actor, 'test.child', (tx) =>
    updateTenant(tx, anyTenant(ACME_LEGAL), { parent_id: anyTenant(RIVAL), name: 'Leeds OFFICE' }),
  )
  const { conflicts } = await foresee(w, [ACME], RIVAL)
  t.match(conflicts, [{ title: 'Child tenant Leeds office' }])
  await merge(w, [ACME], RIVAL)
  t.equal((await tenantOf(w, ACME_LEEDS))?.name, 'Leeds office (Acme)')
})

t.test('the record says for good what was merged into what', async (t) => {
  const w = await world(t)
  await addComputer(w, ACME, { name: 'PC-1' })
  const { id, operation_id } = await merge(w, [ACME], RIVAL)
  await takeBack(w.db, w.actor, operation_id, null)
  const page = textOf((await w.alice.get(`/merges/${id}`)).body)
  t.match(page, /Merged into Rival/)
  t.match(page, /Computers 1/)
  t.match(page, /Taken back/)
  t.throws(() => withFile(w.path, (sqlite) => sqlite.exec('delete from tenant_merge')), /final/)
})

t.test('every column about a tenant is registered for merging', async (t) => {
  const w = await world(t)
  t.same(await listUnregistered(w.db), [])
  const columns = parts.flatMap((part) => part.columns)
  t.equal(new Set(columns).size, columns.length, 'each is seen to once')
  t.notOk(columns.some((column) => column in staying))
})

t.test('a table that nobody registered keeps tenants from being merged', async (t) => {
  const w = await world(t)
  withFile(w.path, (sqlite) =>
    sqlite.exec('create table parking_space (id integer primary key, tenant_id integer not null)'),
  )
  await t.rejects(merge(w, [ACME], RIVAL), /parking_space\.tenant_id/)
})

t.test('a plan is as seen only while nothing of it has changed', async (t) => {
  const w = await world(t)
  const plan = await foresee(w, [ACME], RIVAL)
  requireAsSeen(plan, plan.state)
  await addPerson(w, ACME, 'Ann', 'ann@x.example')
  await addPerson(w, RIVAL, 'Ann', 'ann@x.example')
  const now = await foresee(w, [ACME], RIVAL)
  t.throws(() => requireAsSeen(now, plan.state), /changed since/)
})
