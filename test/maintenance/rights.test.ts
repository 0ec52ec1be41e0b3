import t from 'tap'
import { system } from '../../src/db/operation.ts'
import { everyTenantTx } from '../../src/db/scope-guard.ts'
import { addCast } from '../support/cast.ts'
import { addComputers } from '../support/computers.ts'
import { listSessions, listWindows, lookAt, moveComputer } from '../support/maintenance.ts'
import { addSchedule } from '../support/schedules.ts'
import { ACME, ACME_LEEDS, RIVAL, START, type World, world } from '../support/world.ts'

/** While those who are signed in still are. */
const SOON = { rules: [{ rrule: 'FREQ=DAILY', start: '2026-11-24T09:10' }], window_minutes: 20 }

/** A world in which Bob may do nothing in Leeds, with a schedule of Acme and one computer in each. */
async function deniedInLeeds(t: Parameters<typeof world>[0]) {
  const w = await world(t)
  const { bob } = await addCast(w)
  await addComputers(w, ACME, ['ONE'])
  await addComputers(w, ACME_LEEDS, ['TWO', 'THREE'])
  const denied = { person_id: bob.person_id, tenant_id: ACME_LEEDS, role_id: null, reason: 'x' }
  const answer = await w.api.post('/assignments', { ...denied, effect: 'deny' })
  t.equal(answer.statusCode, 201)
  return { w, bob, schedule: await addSchedule(w, ACME, SOON) }
}

const statesOf = async (w: World) => (await listSessions(w)).map(({ state }) => state)

t.test(
  'T5: a schedule that is run now runs, and is counted, only where one may run it',
  async (t) => {
    const { w, bob, schedule } = await deniedInLeeds(t)
    const done = await bob.browser.post(`/schedules/${schedule}/runs`, { reason: '' })
    t.match(decodeURIComponent(String(done.headers['set-cookie'])), 'It runs now: 1 session.')
    t.match(await listSessions(w), [{ tenant_id: ACME, state: 'pending' }])
    t.equal((await listSessions(w)).length, 1)
  },
)

t.test('T5: who may not run schedules throughout a window cancels what they may', async (t) => {
  const { w, bob } = await deniedInLeeds(t)
  for (const at of [START, '2026-11-24T09:10']) await lookAt(w, at)
  const page = await bob.browser.get('/windows/1')
  t.match(page.body, 'the window itself stays open')
  const done = await bob.browser.post('/windows/1/cancellation', { reason: 'Text of Bob' })
  t.match(decodeURIComponent(String(done.headers['set-cookie'])), '1 session was cancelled.')
  t.same(await statesOf(w), ['cancelled', 'pending', 'pending'])
  t.match(await listWindows(w), [{ state: 'open', reason: '' }])
  const again = await bob.api.post('/schedules/1/runs/1/cancellation', {})
  t.equal(again.statusCode, 409)
  t.equal((await bob.browser.post('/windows/1/cancellation', { reason: '' })).statusCode, 409)
  await w.api.post('/schedules/1/runs/1/cancellation', {})
  t.match(await listWindows(w), [{ state: 'cancelled' }])
})

t.test('T5: what runs on a computer that went to another customer is not cancelled', async (t) => {
  const w = await world(t)
  const { bob, charlie } = await addCast(w)
  const [one] = await addComputers(w, ACME, ['ONE', 'TWO'])
  await addSchedule(w, ACME, SOON)
  for (const at of [START, '2026-11-24T09:10']) await lookAt(w, at)
  await system(w.db, (tx) =>
    everyTenantTx(tx).updateTable('maintenance_session').set({ state: 'running' }).execute(),
  )
  await moveComputer(w, one!, RIVAL)
  await bob.browser.post('/windows/1/cancellation', { reason: 'Text of Acme' })
  t.same(await statesOf(w), ['running', 'cancelled'])
  t.match(await listWindows(w), [{ state: 'cancelled' }])
  t.notMatch((await charlie.api.get('/sessions')).body, 'Text of Acme')
})

t.test('T5: customers are not told why a window of several was cancelled', async (t) => {
  const w = await world(t)
  const { charlie } = await addCast(w)
  await addComputers(w, RIVAL, ['ONE'])
  await addComputers(w, ACME, ['TWO'])
  const schedule = await addSchedule(w, 1)
  await w.api.post(`/schedules/${schedule}/runs`, { reason: 'Patch for all' })
  await w.alice.post('/windows/1/cancellation', { reason: 'Acme has ransomware' })
  const { sessions } = (await charlie.api.get('/sessions')).json()
  t.match(sessions, [{ state: 'cancelled', reason: 'Its window was cancelled.' }])
  t.notMatch((await charlie.browser.get('/sessions')).body, 'ransomware')
  const { body } = await w.alice.get('/windows/1')
  t.match(body, /Patch for all[\s\S]*Acme has ransomware/)
})

t.test('a session of a locked schedule is cancelled only by who may run it', async (t) => {
  const w = await world(t)
  const { bob } = await addCast(w)
  await addComputers(w, ACME, ['ONE'])
  await addSchedule(w, 1, { ...SOON, locked: true })
  for (const at of [START, '2026-11-24T09:10']) await lookAt(w, at)
  t.notMatch((await bob.browser.get('/sessions/1')).body, 'Cancel this session')
  const refused = await bob.browser.post('/sessions/1/cancellation', { reason: 'No' })
  t.equal(refused.statusCode, 403)
  t.match(refused.body, 'is locked by All tenants')
  t.equal((await bob.api.post('/sessions/1/cancellation', {})).statusCode, 403)
  t.same(await statesOf(w), ['pending'])
  t.equal((await w.api.post('/sessions/1/cancellation', {})).statusCode, 200)
})

t.test('a lock does not hold on to a computer that left its reach', async (t) => {
  const w = await world(t)
  const { charlie } = await addCast(w)
  const [one] = await addComputers(w, ACME, ['ONE'])
  await addSchedule(w, ACME, { ...SOON, locked: true })
  for (const at of [START, '2026-11-24T09:10']) await lookAt(w, at)
  await system(w.db, (tx) =>
    everyTenantTx(tx).updateTable('maintenance_session').set({ state: 'running' }).execute(),
  )
  await moveComputer(w, one!, RIVAL)
  t.equal((await charlie.api.post('/sessions/1/cancellation', {})).statusCode, 200)
})
