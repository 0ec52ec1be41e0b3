import formbody from '@fastify/formbody'
import Fastify from 'fastify'
import t from 'tap'
import type { Permission } from '../../src/access/permissions.ts'
import { operation } from '../../src/db/operation.ts'
import { jobRoutes } from '../../src/jobs/routes.ts'
import { tenantBatch } from '../../src/tenants/batch/job.ts'
import { csvImport } from '../../src/tenants/csv/job.ts'
import { updateTenant } from '../../src/tenants/commands.ts'
import { answerErrors } from '../../src/web/errors.ts'
import { servePages } from '../../src/web/page.ts'
import { mainText } from '../support/html.ts'
import { draftImport, figures, foreseen } from '../support/jobs.ts'
import { ACME, RIVAL, world, type World } from '../support/world.ts'

const LARGE = 2500

/** So many lines that they are looked at in the background; one of them about Acme. */
const large = (count = LARGE) =>
  `name,parent,slug\nAcme,,acme\n${Array.from({ length: count }, (_, i) => `Place ${i},acme,`).join('\n')}`

const kept = async ({ db }: World, job: string) => {
  const id = Number(job.split('/').pop())
  return db.selectFrom('job').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
}

const rename = ({ db, actor }: World, name: string) =>
  operation(db, actor, 'tenant.update', (tx) => updateTenant(tx, ACME, { name }))

t.test('works out once what a large draft would do, and keeps it', async (t) => {
  const w = await world(t)
  const job = await draftImport(w.alice, large())
  t.match(await kept(w, job), { state: 'draft', result: null, total: LARGE + 2 })
  t.same(figures(await foreseen(w.alice, job)), [LARGE, 0, 1, 0])
  const { result } = await kept(w, job)
  t.ok(result)
  w.clock.now = '2026-11-24T09:30:00.000Z'
  t.same(figures((await w.alice.get(job)).body), [LARGE, 0, 1, 0])
  t.equal((await kept(w, job)).result, result, 'it was not worked out again')
})

t.test('works it out again when something has changed since', async (t) => {
  const w = await world(t)
  const job = await draftImport(w.alice, large())
  await foreseen(w.alice, job)
  await rename(w, 'Acme Ltd')
  w.clock.now = '2026-11-24T09:00:09.000Z'
  t.same(figures((await w.alice.get(job)).body), [LARGE, 0, 1, 0], 'not within ten seconds')
  w.clock.now = '2026-11-24T09:00:11.000Z'
  t.same(figures(await foreseen(w.alice, job)), [LARGE, 1, 0, 0])
})

t.test('works it out again when something else is chosen', async (t) => {
  const w = await world(t)
  const count = 2000
  await operation(w.db, w.actor, 'test.places', async (tx) => {
    for (let i = 0; i < count; i++) {
      const name = `Place ${i}`
      const values = { parent_id: ACME, kind: 'client' as const, name, name_key: name, slug: name }
      await tx
        .insertInto('tenant')
        .values({ ...values, sort_key: name })
        .execute()
    }
  })
  const fields = { action: 'set_parent', match: '1', kind: 'client' }
  const job = String((await w.alice.post('/tenants/batches', fields)).headers.location)
  t.match(mainText(await foreseen(w.alice, job)), 'New parent')
  await w.alice.post(`${job}/draft`, { parent: 'rival' })
  // Acme itself goes to Rival, as all below it does; Rival cannot be put below itself.
  t.same(figures(await foreseen(w.alice, job)), [count + 1, 0, 1])
  await w.alice.post(`${job}/draft`, { parent: 'acme' })
  t.same(figures(await foreseen(w.alice, job)), [1, count, 1])
  const refused = await w.alice.post(`${job}/draft`, { parent: 'nowhere' })
  t.equal(refused.statusCode, 422)
  t.same(figures(refused.body), [1, count, 1])
})

t.test('shows what a batch would do while somebody else writes', async (t) => {
  const w = await world(t)
  const fields = { action: 'deactivate', ids: [String(ACME), String(RIVAL)] }
  const job = String((await w.alice.post('/tenants/batches', fields)).headers.location)
  const { promise, resolve } = Promise.withResolvers<void>()
  const writing = operation(w.db, w.actor, 'test.wait', () => promise)
  t.same(figures((await w.alice.get(job)).body), [2, 0, 0])
  resolve()
  await writing
})

t.test('asks for the permission of what it does', async (t) => {
  const untold = { parent_id: null, kind: null, tag_id: null, covers_children: false }
  const batch = { ids: [], ...untold, whole: false, reason: null }
  t.equal(tenantBatch.permission({ ...batch, action: 'delete' }), 'tenant.delete')
  t.equal(tenantBatch.permission({ ...batch, action: 'activate' }), 'tenant.edit')
  t.equal(csvImport.permission({ csv: '' }), 'tenant.import')
})

t.test('is not started by somebody who lacks the permission', async (t) => {
  const w = await world(t)
  const withheld = 'tenant.explode' as Permission
  const app = Fastify()
  await app.register(formbody)
  app.decorateRequest('actor', { getter: () => w.actor })
  servePages(app, () => ({ top: [], more: [] }))
  answerErrors(app)
  jobRoutes(app, w.db, [{ ...tenantBatch, permission: () => withheld }])
  t.teardown(() => app.close())
  const fields = { action: 'deactivate', ids: String(ACME) }
  const job = String((await w.alice.post('/tenants/batches', fields)).headers.location)
  const answer = await app.inject({ method: 'POST', url: `${job}/start`, payload: { reason: '' } })
  t.equal(answer.statusCode, 403)
  t.match(await kept(w, job), { state: 'draft' })
})
