import t from 'tap'
import { everyTenant, everyTenantTx } from '../../src/db/scope-guard.ts'
import { system } from '../../src/db/operation.ts'
import { look } from '../../src/maintenance/scheduler.ts'
import { addCast } from '../support/cast.ts'
import { addComputers } from '../support/computers.ts'
import { addSchedule } from '../support/schedules.ts'
import { planOf, watchQueries } from '../support/plan.ts'
import { ACME, ACME_LEEDS, RIVAL, type World, world } from '../support/world.ts'

/** While those who are signed in still are. */
const SOON = { rules: [{ rrule: 'FREQ=DAILY', start: '2026-11-24T09:10' }], window_minutes: 20 }

/** A world in which a window of Acme, and one of Rival, is open. */
async function opened(t: Parameters<typeof world>[0]) {
  const w = await world(t)
  const cast = await addCast(w)
  await addComputers(w, ACME, ['ACME-1', 'ACME-2'])
  await addComputers(w, ACME_LEEDS, ['LEEDS-1'])
  await addComputers(w, RIVAL, ['RIVAL-1'])
  const schedule = await addSchedule(w, ACME, SOON)
  await addSchedule(w, RIVAL, { ...SOON, name: 'Of Rival' })
  await look(w.db)
  w.clock.now = '2026-11-24T09:10:00.000Z'
  await look(w.db)
  const windows = await everyTenant(w.db).selectFrom('maintenance_window').selectAll().execute()
  const window = windows.find(({ schedule_id }) => schedule_id === schedule)!
  return { w, ...cast, schedule, window: window.id }
}

const setState = ({ db }: World, name: string, state: 'failed' | 'passed') =>
  system(db, (tx) =>
    everyTenantTx(tx)
      .updateTable('maintenance_session')
      .set({ state })
      .where('computer_id', 'in', (eb) =>
        eb.selectFrom('computer').select('id').where('name', '=', name),
      )
      .execute(),
  )

t.test('lists the sessions that the reader may see, and no others', async (t) => {
  const { w, bob, charlie } = await opened(t)
  const all = await w.alice.get('/sessions')
  for (const name of ['ACME-1', 'ACME-2', 'LEEDS-1', 'RIVAL-1']) t.match(all.body, name)
  const own = await bob.browser.get('/sessions')
  t.match(own.body, 'LEEDS-1')
  t.notMatch(own.body, /RIVAL-1|Of Rival/)
  const other = await charlie.browser.get('/sessions')
  t.match(other.body, 'RIVAL-1')
  t.notMatch(other.body, /ACME|LEEDS|Nightly/)
})

t.test('filters by state, tenant, schedule, computer and day', async (t) => {
  const { w, schedule } = await opened(t)
  await setState(w, 'ACME-2', 'failed')
  const names = async (query: string) => {
    const { body } = await w.alice.get(`/sessions?${query}`)
    return [...body.matchAll(/<bdi>((?:ACME|LEEDS|RIVAL)-\d)<\/bdi><\/a><\/th>/g)].map(
      ([, name]) => name,
    )
  }
  t.same(await names('state=failed'), ['ACME-2'])
  t.same(await names('tenant=acme'), ['LEEDS-1', 'ACME-2', 'ACME-1'])
  t.same(await names('tenant=acme&only=1'), ['ACME-2', 'ACME-1'])
  t.same(await names('tenant=acme&state=pending'), ['LEEDS-1', 'ACME-1'])
  t.same((await names(`schedule=${schedule}`)).length, 3)
  t.same(await names('computer=4'), ['RIVAL-1'])
  t.same((await names('from=2026-11-24&to=2026-11-24')).length, 4)
  t.same(await names('from=2026-11-25'), [])
  t.same(await names('to=2026-11-23'), [])
  t.same(await names('after=2'), ['ACME-1'])
})

t.test('an unknown tenant is said at the filter, with nothing found', async (t) => {
  const { w } = await opened(t)
  const page = await w.alice.get('/sessions?tenant=nowhere')
  t.equal(page.statusCode, 422)
  t.match(page.body, 'There is no such tenant')
})

t.test('a session says why, and with which options', async (t) => {
  const { w, charlie } = await opened(t)
  w.clock.now = '2026-11-24T09:30:00.000Z'
  await look(w.db)
  const page = await w.alice.get('/sessions/1')
  t.match(page.body, 'The window ended before it started.')
  t.match(page.body, /Reboot preference<\/dt><dd>If necessary/)
  t.equal((await charlie.browser.get('/sessions/1')).statusCode, 404)
})

t.test('a window counts its sessions by state, as far as the reader sees them', async (t) => {
  const { w, bob, charlie, window } = await opened(t)
  await setState(w, 'ACME-1', 'passed')
  const { body } = await bob.browser.get(`/windows/${window}`)
  t.match(body, /Pending<\/span>\s*<div class="grow"><a[^>]*>2 sessions/)
  t.match(body, /Passed<\/span>\s*<div class="grow"><a[^>]*>1 session/)
  t.match(body, `hx-get="/windows/${window}/counts"`)
  t.equal((await charlie.browser.get(`/windows/${window}`)).statusCode, 404)
  t.equal((await charlie.browser.get(`/windows/${window}/counts`)).statusCode, 404)
})

t.test(
  'a window says why its sessions did not run, and asks no more once it is over',
  async (t) => {
    const { w, window } = await opened(t)
    w.clock.now = '2026-11-24T09:30:00.000Z'
    await look(w.db)
    const { body } = await w.alice.get(`/windows/${window}/counts`)
    t.match(body, /Missed[\s\S]*3 sessions[\s\S]*The window ended before it started\./)
    t.notMatch(body, 'hx-trigger')
  },
)

t.test('who may run schedules cancels a window, with all that is in it', async (t) => {
  const { w, bob, dana, window } = await opened(t)
  const url = `/windows/${window}/cancellation`
  t.equal((await dana.browser.post(url, { reason: '' })).statusCode, 403)
  const done = await bob.browser.post(url, { reason: 'Storm' })
  t.equal(done.headers.location, `/windows/${window}`)
  const { body } = await w.alice.get(`/windows/${window}`)
  t.match(body, /Storm[\s\S]*3 sessions[\s\S]*Its window was cancelled/)
  const again = await bob.browser.post(url, { reason: '' })
  t.equal(again.statusCode, 409)
  t.match(again.body, 'This window is over already.')
})

t.test('who may run schedules cancels one session, and the others go on', async (t) => {
  const { w, bob, charlie } = await opened(t)
  t.equal((await charlie.browser.post('/sessions/1/cancellation', { reason: '' })).statusCode, 404)
  await bob.browser.post('/sessions/1/cancellation', { reason: 'In use' })
  const states = await everyTenant(w.db)
    .selectFrom('maintenance_session')
    .select('state')
    .orderBy('id')
    .execute()
  t.same(
    states.map(({ state }) => state),
    ['cancelled', 'pending', 'pending', 'pending'],
  )
})

t.test('no list of sessions reads or sorts all of them', async (t) => {
  const { w, bob, schedule, window } = await opened(t)
  const seen = watchQueries(w.db)
  for (const browser of [w.alice, bob.browser])
    for (const query of [
      '',
      'state=failed',
      'tenant=acme',
      'tenant=acme&only=1&state=failed',
      `schedule=${schedule}`,
      'computer=1',
      `window=${window}&state=failed`,
      'from=2026-11-24',
    ])
      await browser.get(`/sessions?${query}`)
  await w.alice.get(`/windows/${window}`)
  const asked = seen.filter(({ sql }) => /maintenance_session/.test(sql))
  t.ok(asked.length > 20)
  for (const one of asked) {
    const plan = planOf(w.path, one).join('\n')
    t.notMatch(plan, /SCAN (session|found|maintenance_session)$/m, `${one.sql}\n${plan}`)
  }
})
