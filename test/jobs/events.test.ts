import { EventEmitter } from 'node:events'
import t from 'tap'
import { buildApp } from '../../src/app.ts'
import { operation, system } from '../../src/db/operation.ts'
import { streamEvents } from '../../src/jobs/events.ts'
import type { Running } from '../../src/jobs/work.ts'
import { addUser } from '../support/cast.ts'
import { ACME, type World, appOptions, browser, world } from '../support/world.ts'
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

for (const [name, revoke] of revocations)
  t.test(`T10: events end within a second when their reader ${name}`, async (t) => {
    const w = await world(t)
    const app = await buildApp(w.db, appOptions)
    t.teardown(() => app.close())
    const running = Object.assign(new EventEmitter(), { done: 1, total: 9 }) as unknown as Running
    const config = { permission: 'tenant.view', scope: 'tenant' } as const
    app.get('/test/:id/events', { config }, (request, reply) => {
      const admitted = () => request.isStillAdmitted()
      return reply.send(streamEvents(running, new AbortController().signal, admitted))
    })
    const dana = await addUser(w, ACME, 'Dana Reader', 'viewer')
    const reading = browser(app, dana.session).get(`/test/${ACME}/events`)
    while (running.listenerCount('progress') === 0) await new Promise(setImmediate)
    await revoke(w, dana)
    const since = performance.now()
    const { body } = await reading
    t.ok(performance.now() - since < 1000)
    t.match(body, /^event: progress/)
    t.notMatch(body, /event: end/)
  })
