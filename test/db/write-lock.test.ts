import { once } from 'node:events'
import t, { type Test } from 'tap'
import { openConnection } from '../../src/db/connection.ts'
import { everyTenant } from '../../src/db/scope-guard.ts'
import { draftJob } from '../../src/jobs/commands.ts'
import type { AnyJobKind } from '../../src/jobs/kind.ts'
import { getJob } from '../../src/jobs/queries.ts'
import { jobRunner } from '../../src/jobs/runner.ts'
import { ACME, world } from '../support/world.ts'

const PARIS = { name: 'Paris', parent_id: ACME }

/** A world, and another program that writes to its data, until it is told to let go. */
async function besideAnother(t: Test, options?: { patience_ms: number }) {
  const here = await world(t, options)
  const other = openConnection(here.path)
  t.teardown(() => other.close())
  const begin = () => other.exec('begin immediate')
  return { ...here, another: { begin, letGo: () => other.exec('rollback') } }
}

t.test('while another program writes, others read, and who writes waits', async (t) => {
  const { alice, api, another } = await besideAnother(t)
  await alice.get('/tenants')
  another.begin()
  let written = false
  const writing = api.post('/tenants', PARIS).finally(() => (written = true))
  const since = performance.now()
  for (let number = 0; number < 5; number++) t.equal((await alice.get('/tenants')).statusCode, 200)
  t.ok(performance.now() - since < 500)
  t.notOk(written)
  another.letGo()
  t.equal((await writing).statusCode, 201)
})

t.test('says 503 when another program writes for too long, and nothing is written', async (t) => {
  const { alice, api, another, db } = await besideAnother(t, { patience_ms: 50 })
  another.begin()
  const answers = await Promise.all([api.post('/tenants', PARIS), alice.post('/sign-out')])
  for (const answer of answers)
    t.match(answer, { statusCode: 503, headers: { 'retry-after': '5' } })
  another.letGo()
  t.equal((await api.post('/tenants', PARIS)).statusCode, 201)
  const found = await everyTenant(db)
    .selectFrom('tenant')
    .select('id')
    .where('name', '=', 'Paris')
    .execute()
  t.equal(found.length, 1)
})

t.test('a job says how it ended, however long another program writes', async (t) => {
  const { db, actor, another } = await besideAnother(t, { patience_ms: 20 })
  const kind = { run: async () => (another.begin(), { created: 1 }) } as Partial<AnyJobKind>
  const id = await draftJob(db, actor, { kind: 'test.run', title: 'Test', input: {}, size: 1 })
  const runner = jobRunner(db, { error: (details) => t.fail('logged', details) })
  await runner.start({ kind: kind as AnyJobKind, id, actor, input: {} })
  const ended = once(runner.find(id)!, 'end')
  await runner.settle(id, 100)
  t.ok(runner.find(id))
  another.letGo()
  await ended
  t.match(await getJob(db, actor, id), { state: 'done' })
})
