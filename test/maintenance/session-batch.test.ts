import t from 'tap'
import { addCast } from '../support/cast.ts'
import { addComputers } from '../support/computers.ts'
import { mainText } from '../support/html.ts'
import { confirmJob } from '../support/jobs.ts'
import { listSessions } from '../support/maintenance.ts'
import { addSchedule } from '../support/schedules.ts'
import { ACME, RIVAL, type World, world } from '../support/world.ts'

// Many sessions are cancelled at once: each is judged first, and each has its own outcome.

const ROOT = 1

async function running(t: Parameters<typeof world>[0], locked = false) {
  const w = await world(t)
  const cast = await addCast(w)
  await addComputers(w, ACME, ['ACME-1', 'ACME-2'])
  await addComputers(w, RIVAL, ['RIVAL-1'])
  const id = await addSchedule(w, ROOT, { locked })
  await w.alice.post(`/schedules/${id}/runs`, { reason: '' })
  return { w, id, ...cast }
}

const states = async (w: World) => (await listSessions(w)).map(({ state }) => state)

t.test('those that are ticked are cancelled, and the others go on', async (t) => {
  const { w } = await running(t)
  const sent = await w.alice.post('/sessions/batches', { action: 'cancel', ids: ['1', '3'] })
  const job = String(sent.headers.location)
  t.match(mainText((await w.alice.get(job)).body), /ACME-1 Nightly Changes Pending → Cancelled/)
  t.same(await states(w), ['pending', 'pending', 'pending'])
  await confirmJob(w.alice, job, { reason: 'Storm' })
  t.same(await states(w), ['cancelled', 'pending', 'cancelled'])
  t.match(mainText((await w.alice.get('/sessions/1')).body), /Why Storm Cancelled by Alice/)
})

t.test('all that match and are not over', async (t) => {
  const { w } = await running(t)
  await w.alice.post('/sessions/1/cancellation', { reason: '' })
  const fields = { action: 'cancel', match: '1', tenant: 'acme' }
  const job = String((await w.alice.post('/sessions/batches', fields)).headers.location)
  t.match(mainText((await w.alice.get(job)).body), 'Cancel 1 session')
  await confirmJob(w.alice, job, { reason: '' })
  t.same(await states(w), ['cancelled', 'cancelled', 'pending'])
})

t.test(
  'a technician below cancels those of their own tenant at once, and sees no others',
  async (t) => {
    const { w, bob } = await running(t)
    const fields = { action: 'cancel', ids: ['1', '2', '3'] }
    const job = String((await bob.browser.post('/sessions/batches', fields)).headers.location)
    const text = mainText((await bob.browser.get(job)).body)
    t.match(text, 'Cancel 2 sessions')
    t.notMatch(text, 'RIVAL-1')
    await confirmJob(bob.browser, job, { reason: '' })
    t.same(await states(w), ['cancelled', 'cancelled', 'pending'])
  },
)

t.test('what a lock above holds is said of each, and stays', async (t) => {
  const { w, bob } = await running(t, true)
  const fields = { action: 'cancel', ids: ['1'] }
  const job = String((await bob.browser.post('/sessions/batches', fields)).headers.location)
  t.match(mainText((await bob.browser.get(job)).body), /ACME-1 .*Not possible .*is locked by/)
  t.same((await states(w))[0], 'pending')
})

t.test('whoever may only look has nothing to tick', async (t) => {
  const { dana, bob } = await running(t)
  t.match((await bob.browser.get('/sessions')).body, 'name="ids"')
  t.notMatch((await dana.browser.get('/sessions')).body, 'name="ids"')
  const answer = await dana.browser.post('/sessions/batches', { action: 'cancel', ids: ['1'] })
  t.equal(answer.statusCode, 403)
})
