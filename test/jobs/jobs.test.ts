import { once } from 'node:events'
import { request } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { openSession } from '../../src/access/sessions.ts'
import { buildApp } from '../../src/app.ts'
import { operation, system } from '../../src/db/operation.ts'
import { everyTenant } from '../../src/db/scope-guard.ts'
import { addUser } from '../support/cast.ts'
import { mainText } from '../support/html.ts'
import { confirmJob, draftImport } from '../support/jobs.ts'
import { ACME, appOptions, browser, NORTHWIND, world, type World } from '../support/world.ts'
import { personRow } from '../support/person.ts'

const CSV = 'name,slug\nYork,york\n'

/** So many new tenants that the import is at work for a while. */
const large = (count = 10_000) =>
  `name,parent\n${Array.from({ length: count }, (_, i) => `Place ${i},acme`).join('\n')}`

const idOf = (job: string) => Number(job.split('/').pop())

const row = ({ db }: World, job: string) =>
  db.selectFrom('job').selectAll().where('id', '=', idOf(job)).executeTakeFirst()

/** Confirms a job and returns as soon as it is at work. */
async function begin(w: World, job: string) {
  const answered = w.alice.post(`${job}/start`)
  while ((await row(w, job))!.state === 'draft') await new Promise(setImmediate)
  return { answered }
}

const places = async ({ db }: World) =>
  (await everyTenant(db).selectFrom('tenant').select('id').where('parent_id', '=', ACME).execute())
    .length - 1

/** Another person of the MSP, signed in. */
async function signInBob({ app, db, actor }: World) {
  const { id } = await operation(db, actor, 'test.bob', (tx) =>
    tx
      .insertInto('person')
      .values({ ...personRow(NORTHWIND, 'Bob', 'bob@n.example'), role_id: 1 })
      .returning('id')
      .executeTakeFirstOrThrow(),
  )
  const session = await system(db, async (tx) => {
    await tx
      .insertInto('user_account')
      .values({
        person_id: id,
        email_key: 'bob@n.example',
        password_hash: '-',
        password_changed_at: db.now(),
      })
      .execute()
    return openSession(tx, db.now(), id, 'tests')
  })
  return browser(app, session)
}

t.test('a draft changes nothing, and can be thrown away', async (t) => {
  const w = await world(t)
  const job = await draftImport(w.alice, CSV)
  t.match(mainText((await w.alice.get(job)).body), 'Nothing has been changed yet.')
  await w.alice.post(`${job}/cancel`)
  t.match(mainText((await w.alice.get(job)).body), /Cancelled.*It was never started./)
  await w.alice.post(`${job}/start`)
  t.match(await row(w, job), { state: 'cancelled', input: '{}' })
})

t.test('is started once, however often it is confirmed', async (t) => {
  const w = await world(t)
  const job = await draftImport(w.alice, CSV)
  await Promise.all([1, 2, 3].map(() => w.alice.post(`${job}/start`)))
  await w.alice.get(`${job}/events`)
  t.match(mainText((await w.alice.get(job)).body), 'Created 1')
  const imports = await w.db
    .selectFrom('operation')
    .select('id')
    .where('kind', '=', 'tenant.import')
    .execute()
  t.equal(imports.length, 1)
})

t.test('shows how far it is, to whoever comes back, and reports it as events', async (t) => {
  const w = await world(t)
  const job = await draftImport(w.alice, large())
  const { answered } = await begin(w, job)
  const page = (await w.alice.get(job)).body
  t.match(page, /<noscript><meta http-equiv="refresh"/)
  t.match(page, `data-job="${job}"`)
  const events = await w.alice.get(`${job}/events`)
  t.equal(events.headers['content-type'], 'text/event-stream')
  t.match(events.body, /event: progress\ndata: \{"done":\d+,"total":10000\}\n\n/)
  t.match(events.body, /event: end\ndata: \{\}\n\n$/)
  t.equal((await answered).headers.location, job)
  t.match(mainText((await w.alice.get(job)).body), 'Created 10,000')
  t.match(await row(w, job), { state: 'done', input: '{}' })
})

t.test('is cancelled while it runs, and nothing of it is kept', async (t) => {
  const w = await world(t)
  const job = await draftImport(w.alice, large())
  await begin(w, job)
  await w.alice.post(`${job}/cancel`)
  await w.alice.get(`${job}/events`)
  t.match(mainText((await w.alice.get(job)).body), /Cancelled.*nothing of it was kept/)
  t.equal(await places(w), 0)
  const imports = await w.db
    .selectFrom('operation')
    .select('id')
    .where('kind', '=', 'tenant.import')
    .execute()
  t.equal(imports.length, 0)
})

t.test('T36: stops with the server, which does not wait for readers of events', async (t) => {
  const w = await world(t)
  await w.app.listen({ host: '127.0.0.1', port: 0 })
  const job = await draftImport(w.alice, large())
  await begin(w, job)
  const { port } = w.app.server.address() as AddressInfo
  const asked = request({ port, path: `${job}/events`, headers: w.alice.headers }).end()
  const [events] = await once(asked, 'response')
  events.resume()
  await Promise.all([once(events, 'end'), w.app.close()])
  t.match(await row(w, job), { state: 'failed', result: /Tenantry was stopped/ })
  t.equal(await places(w), 0)
})

t.test('after a crash it says that nothing was kept', async (t) => {
  const w = await world(t)
  const job = await draftImport(w.alice, CSV)
  await system(w.db, (tx) => tx.updateTable('job').set({ state: 'running' }).execute())
  const next = await buildApp(w.db, appOptions)
  await next.ready()
  t.teardown(() => next.close())
  t.match(
    mainText((await w.alice.get(job)).body),
    'Tenantry stopped while this was running; nothing of it was kept.',
  )
})

t.test('is there for the person who made it alone', async (t) => {
  const w = await world(t)
  const job = await draftImport(w.alice, CSV)
  const bob = await signInBob(w)
  t.equal((await bob.get(job)).statusCode, 404)
  t.equal((await bob.get(`${job}/events`)).statusCode, 404)
  for (const action of ['draft', 'start', 'cancel'])
    t.equal((await bob.post(`${job}/${action}`)).statusCode, 404, action)
  t.notMatch((await bob.get('/jobs')).body, job)
  t.match((await w.alice.get('/jobs')).body, job)
  for (const url of ['/jobs/0', '/jobs/x', '/jobs/99', '/jobs/0x1', '/jobs/1.0', '/jobs/%201'])
    t.equal((await w.alice.get(url)).statusCode, 404)
})

t.test('T5: tells its maker no more what came of it once their rights are others', async (t) => {
  const w = await world(t)
  const { browser: ann, person_id } = await addUser(w, NORTHWIND, 'Ann', 'administrator')
  const job = await draftImport(ann, CSV)
  t.match(mainText(await confirmJob(ann, job)), 'Created 1')
  const deny = { person_id, tenant_id: ACME, role_id: null, effect: 'deny' }
  t.equal((await w.api.post('/assignments', deny)).statusCode, 201)
  const page = mainText((await ann.get(job)).body)
  t.match(page, 'What you may do has changed since')
  t.notMatch(page, 'Created')
})

t.test('lists the jobs a page at a time, newest first', async (t) => {
  const w = await world(t)
  t.match((await w.alice.get('/jobs')).body, 'You have no jobs.')
  for (let number = 0; number < 51; number++) await draftImport(w.alice, CSV)
  const [, older] = /href="(\/jobs\?before=\d+)"/.exec((await w.alice.get('/jobs')).body)!
  t.equal([...(await w.alice.get(older!)).body.matchAll(/<th scope="row">/g)].length, 1)
})

t.test('is kept for thirty days, a draft for one', async (t) => {
  const w = await world(t)
  const [finished, draft] = [await draftImport(w.alice, CSV), await draftImport(w.alice, CSV)]
  await confirmJob(w.alice, finished)
  const restart = async (now: string) => {
    w.clock.now = now
    const next = await buildApp(w.db, appOptions)
    await next.ready()
    await next.close()
  }
  await restart('2026-11-25T10:00:00.000Z')
  t.ok(await row(w, finished))
  t.notOk(await row(w, draft))
  await restart('2026-12-25T10:00:00.000Z')
  t.notOk(await row(w, finished))
})
