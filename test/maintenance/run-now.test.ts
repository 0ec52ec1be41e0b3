import t from 'tap'
import { operation } from '../../src/db/operation.ts'
import { runNow } from '../../src/maintenance/commands.ts'
import { addComputers } from '../support/computers.ts'
import { listSessions, listWindows, lookAt, putPreference } from '../support/maintenance.ts'
import { addSchedule } from '../support/schedules.ts'
import { ACME, ACME_LEEDS, START, type World, world } from '../support/world.ts'

const run = ({ db, actor }: World, schedule: number) =>
  operation(db, actor, 'schedule.run', (tx) => runNow(tx, actor, schedule, ''))

const FREEZE = ['2026-11-20/2026-11-30']

t.test('a schedule of which nothing would start is not run, and it is said why', async (t) => {
  const w = await world(t)
  await addComputers(w, ACME, ['ONE'])
  await putPreference(w, ACME, 'maintenance.freeze_periods', FREEZE)
  const schedule = await addSchedule(w, ACME)
  await t.rejects(run(w, schedule), /Nothing starts in the freeze period 2026-11-20 to 2026-11-30/)
  t.equal((await w.api.post(`/schedules/${schedule}/runs`, {})).statusCode, 409)
  t.same(await listWindows(w), [])
})

t.test('what a run skips is not counted among what runs', async (t) => {
  const w = await world(t)
  await addComputers(w, ACME, ['ONE'])
  await addComputers(w, ACME_LEEDS, ['TWO'])
  await putPreference(w, ACME_LEEDS, 'maintenance.freeze_periods', FREEZE)
  const { sessions } = await run(w, await addSchedule(w, ACME))
  t.equal(sessions, 1)
  t.match(await listSessions(w), [{ state: 'pending' }, { state: 'skipped' }])
})

t.test('a schedule runs now by the clock, also when that was put back', async (t) => {
  const w = await world(t)
  await addComputers(w, ACME, ['ONE'])
  w.clock.now = '2026-11-25T09:00:00.000Z'
  const schedule = await addSchedule(w, ACME)
  w.clock.now = START
  const { runs } = (await w.api.post(`/schedules/${schedule}/runs`, {})).json()
  t.match(runs, [{ starts_at: START, ends_at: '2026-11-24T13:00:00.000Z' }])
  await lookAt(w, '2026-11-24T13:00')
  t.match(await listWindows(w), [{ state: 'closed' }])
})

t.test('a run that is cancelled says why it ran, and why it was cancelled', async (t) => {
  const w = await world(t)
  await addComputers(w, ACME, ['ONE'])
  const schedule = await addSchedule(w, ACME)
  await w.api.post(`/schedules/${schedule}/runs`, { reason: 'Urgent' })
  await w.api.post(`/schedules/${schedule}/runs/1/cancellation`, { reason: 'Fire drill' })
  t.match(await listWindows(w), [{ state: 'cancelled', reason: 'Urgent (cancelled: Fire drill)' }])
})
