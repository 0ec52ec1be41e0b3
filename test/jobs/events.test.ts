import { EventEmitter } from 'node:events'
import t, { type Test } from 'tap'
import { buildApp } from '../../src/app.ts'
import { operation, system } from '../../src/db/operation.ts'
import { streamEvents } from '../../src/jobs/events.ts'
import type { Running } from '../../src/jobs/work.ts'
import { addUser } from '../support/cast.ts'
import { ACME, RIVAL, type World, appOptions, browser, world } from '../support/world.ts'
import { everyTenantTx } from '../../src/db/scope-guard.ts'

type Person = Awaited<ReturnType<typeof addUser>>

const setPerson = ({ db, actor }: World, id: number, values: { active?: 0; role_id?: null }) =>
  operation(db, actor, 'test.revoke', (tx) =>
    everyTenantTx(tx).updateTable('person').set(values).where('id', '=', id).execute(),
  )

/** Every way in which somebody may lose what they are being told. */
const revocations: [string, (w: World, person: Person) => Promise<unknown>][] = [
  ['is deactivated', (w, { person_id }) => setPerson(w, person_id, { active: 0 })],
  ['has no role any more', (w, { person_id }) => setPerson(w, person_id, { role_id: null })],
  [
    'signs out elsewhere',
    ({ db }, { person_id }) =>
      system(db, (tx) => tx.deleteFrom('session').where('person_id', '=', person_id).execute()),
  ],
  [
    'is denied the tenant',
    ({ api }, { person_id }) =>
      api.post('/assignments', { person_id, tenant_id: ACME, role_id: null, effect: 'deny' }),
  ],
  ['is idle for too long', async ({ clock }) => void (clock.now = '2026-11-24T10:30:00.000Z')],
]

/** What somebody is told at Acme, as soon as they listen; `since` is when that was to end. */
async function listen(t: Test, w: World, { session }: Person) {
  const app = await buildApp(w.db, appOptions)
  t.teardown(() => app.close())
  const running = Object.assign(new EventEmitter(), { done: 1, total: 9 }) as unknown as Running
  const config = { permission: 'tenant.view', scope: 'tenant' } as const
  app.get('/test/:id/events', { config }, (request, reply) => {
    const admitted = () => request.isStillAdmitted()
    return reply.send(streamEvents(running, new AbortController().signal, admitted))
  })
  const reading = browser(app, session).get(`/test/${ACME}/events`)
  while (running.listenerCount('progress') === 0) await new Promise(setImmediate)
  return async () => {
    const since = performance.now()
    const { body } = await reading
    t.ok(performance.now() - since < 1000)
    t.match(body, /^event: progress/)
    t.notMatch(body, /event: end/)
  }
}

for (const [name, revoke] of revocations)
  t.test(`T10: events end within a second when their reader ${name}`, async (t) => {
    const w = await world(t)
    const dana = await addUser(w, ACME, 'Dana Reader', 'viewer')
    const endsAtOnce = await listen(t, w, dana)
    await revoke(w, dana)
    await endsAtOnce()
  })

t.test('T10: a role that expires ends at the next request, and events end', async (t) => {
  const w = await world(t)
  const rita = await addUser(w, RIVAL, 'Rita Reader', 'viewer')
  const expires_at = '2026-11-24T09:20:00.000Z'
  const given = { person_id: rita.person_id, tenant_id: ACME, role_id: 4, expires_at }
  t.equal((await w.api.post('/assignments', given)).statusCode, 201)
  const sees = async () => (await rita.browser.get(`/tenants/${ACME}/preferences`)).statusCode
  t.equal(await sees(), 200)
  const endsAtOnce = await listen(t, w, rita)
  w.clock.now = expires_at
  t.equal(await sees(), 404)
  await endsAtOnce()
  t.equal((await rita.browser.get(`/tenants/${RIVAL}/preferences`)).statusCode, 200)
})
