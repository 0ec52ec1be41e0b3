import t from 'tap'
import { operation } from '../../src/db/operation.ts'
import { runNow } from '../../src/maintenance/commands.ts'
import { addCast } from '../support/cast.ts'
import { addComputers } from '../support/computers.ts'
import { mainText } from '../support/html.ts'
import { confirmJob, figures } from '../support/jobs.ts'
import { listSessions, listWindows, lookAt } from '../support/maintenance.ts'
import { addSchedule } from '../support/schedules.ts'
import { ACME, ACME_LEEDS, RIVAL, START, type World, world } from '../support/world.ts'

// What is open of many schedules is cancelled at once, as far as somebody may cancel it.

type Browser = World['alice']

const run = ({ db, actor }: World, id: number) =>
  operation(db, actor, 'schedule.run', (tx) => runNow(tx, actor, id, ''))

async function draft(browser: Browser, ids: number[]) {
  const fields = { action: 'cancel', ids: ids.map(String) }
  return String((await browser.post('/schedules/batches', fields)).headers.location)
}

const textOf = async (browser: Browser, path: string) => mainText((await browser.get(path)).body)

const confirm = (browser: Browser, job: string, reason = '', foreseen = {}) =>
  confirmJob(browser, job, { reason, ...foreseen })

const sessionStates = async (w: World) => (await listSessions(w)).map(({ state }) => state)
const windowStates = async (w: World) => (await listWindows(w)).map(({ state }) => state)

/** A schedule that does not run, one that runs for two computers, and one of another customer. */
async function running(t: Parameters<typeof world>[0], given = {}) {
  const w = await world(t)
  await addComputers(w, ACME, ['ONE', 'TWO'])
  await addComputers(w, RIVAL, ['THREE'])
  const ids = [
    await addSchedule(w, ACME, { name: 'Idle', ...given }),
    await addSchedule(w, ACME, { name: 'Nightly', ...given }),
    await addSchedule(w, RIVAL, { name: 'Other', ...given }),
  ]
  for (const id of ids.slice(1)) await run(w, id)
  return { w, ids }
}

t.test('what is open of many schedules ends at once, and what is not open stays', async (t) => {
  const { w, ids } = await running(t)
  const job = await draft(w.alice, ids)
  const foreseen = await textOf(w.alice, job)
  t.match(foreseen, /Nightly Acme Changes 1 window with 2 sessions/)
  t.match(foreseen, /Other Rival Changes 1 window with 1 session /)
  t.match(foreseen, /Idle Acme As it is No window is open\./)
  t.match(foreseen, 'Cancel windows of 2 schedules')
  t.same(await windowStates(w), ['open', 'open'], 'what is looked at is not done')
  const outcome = mainText(await confirm(w.alice, job, 'Storm'))
  t.match(outcome, /Nightly Acme Changed 1 window with 2 sessions/)
  t.match(await listWindows(w), [
    { state: 'cancelled', reason: 'Storm' },
    { state: 'cancelled', reason: 'Storm' },
  ])
  t.same(await sessionStates(w), ['cancelled', 'cancelled', 'cancelled'])
  t.match(await textOf(w.alice, '/history'), /Cancelled windows of schedules.*Storm/)
})

t.test('the schedules stay as they are, and run at their next time', async (t) => {
  const { w, ids } = await running(t)
  await confirm(w.alice, await draft(w.alice, ids))
  for (const at of [START, '2026-11-24T22:00']) await lookAt(w, at)
  t.same(await windowStates(w), ['cancelled', 'cancelled', 'open', 'open', 'open'])
})

t.test('a window that waits for its turn is cancelled with the one before it', async (t) => {
  const w = await world(t)
  await addComputers(w, ACME, ['ONE'])
  const rules = [{ rrule: 'FREQ=DAILY;BYHOUR=9;BYMINUTE=10,20', start: '2026-11-24T09:10' }]
  const id = await addSchedule(w, ACME, { rules, window_minutes: 30, overlap: 'queue' })
  for (const at of [START, '2026-11-24T09:10', '2026-11-24T09:20']) await lookAt(w, at)
  t.same(await windowStates(w), ['open', 'queued'])
  const job = await draft(w.alice, [id])
  t.match(await textOf(w.alice, job), '2 windows (1 queued) with 1 session')
  await confirm(w.alice, job)
  await lookAt(w, '2026-11-24T09:21')
  t.same(await windowStates(w), ['cancelled', 'cancelled'])
})

t.test('what still runs of a deleted schedule can be cancelled, too', async (t) => {
  const { w, ids } = await running(t)
  await w.alice.post(`/schedules/${ids[1]}/deletion`)
  t.same(figures(await confirm(w.alice, await draft(w.alice, [ids[1]!]))), [1, 0, 0])
  t.same(await windowStates(w), ['cancelled', 'open'])
})

t.test('where nothing is open, nothing can be started', async (t) => {
  const { w, ids } = await running(t)
  const { body } = await w.alice.get(await draft(w.alice, [ids[0]!]))
  t.same(figures(body), [0, 1, 0])
  t.notMatch(body, '/start"')
})

t.test('a window that ends between the look and the start is left as it ended', async (t) => {
  const { w, ids } = await running(t)
  const job = await draft(w.alice, ids)
  await w.alice.post('/windows/1/cancellation', { reason: 'By hand' })
  const outcome = mainText(await confirm(w.alice, job, 'Storm', { foreseen: '2' }))
  t.match(outcome, 'Others changed something since you looked: 2 were to be changed, 1 were.')
  t.match(await listWindows(w), [{ reason: 'By hand' }, { reason: 'Storm' }])
})

t.test('what was cancelled is not brought back by an undo', async (t) => {
  const { w, ids } = await running(t)
  await confirm(w.alice, await draft(w.alice, ids))
  const [last] = (await w.api.get('/operations?limit=1')).json().operations
  const answer = await w.api.post(`/operations/${last.id}/undo`, { reason: '' })
  t.equal(answer.statusCode, 409)
  t.match(answer.json().detail, 'What was run, or cancelled, cannot be taken back.')
})

/** Bob may do nothing in Leeds, where one of the two computers is. */
async function deniedInLeeds(t: Parameters<typeof world>[0]) {
  const w = await world(t)
  const { bob } = await addCast(w)
  await addComputers(w, ACME, ['ONE'])
  await addComputers(w, ACME_LEEDS, ['TWO', 'THREE'])
  const denied = { person_id: bob.person_id, tenant_id: ACME_LEEDS, role_id: null, reason: 'x' }
  await w.api.post('/assignments', { ...denied, effect: 'deny' })
  const id = await addSchedule(w, ACME)
  await run(w, id)
  return { w, id, browser: bob.browser }
}

t.test('T5: who may not run schedules throughout cancels, and counts, what they may', async (t) => {
  const { w, id, browser } = await deniedInLeeds(t)
  const job = await draft(browser, [id])
  t.match(await textOf(browser, job), 'Changes 1 session in 1 window that goes on')
  const outcome = mainText(await confirm(browser, job, 'Text of Bob'))
  t.match(outcome, 'Changed 1 session in 1 window that goes on')
  t.same(await sessionStates(w), ['cancelled', 'pending', 'pending'])
  t.match(await listWindows(w), [{ state: 'open', reason: '' }])
  const again = await textOf(browser, await draft(browser, [id]))
  t.match(again, 'Not possible There is no session in its windows that you may cancel.')
})

t.test(
  'T5: a technician cancels what is open at their own tenant, and sees no other',
  async (t) => {
    const { w, ids } = await running(t, { locked: true })
    const { bob } = await addCast(w)
    const job = await draft(bob.browser, ids)
    t.notMatch(await textOf(bob.browser, job), /Other|Rival/)
    t.same(figures(await confirm(bob.browser, job)), [1, 1, 0])
    t.same(await windowStates(w), ['cancelled', 'open'])
  },
)

t.test('T5: whoever may only look is not offered it, and is refused', async (t) => {
  const { w, ids } = await running(t)
  const { bob, dana } = await addCast(w)
  t.match((await bob.browser.get('/schedules')).body, 'value="cancel"')
  t.notMatch((await dana.browser.get('/schedules')).body, 'value="cancel"')
  const fields = { action: 'cancel', ids: ids.map(String) }
  t.equal((await dana.browser.post('/schedules/batches', fields)).statusCode, 403)
})
