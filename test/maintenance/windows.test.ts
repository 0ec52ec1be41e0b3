import t from 'tap'
import type { ScheduleInput } from '../../src/schedules/commands.ts'
import { addComputers } from '../support/computers.ts'
import { listSessions, listWindows, lookAt, putPreference } from '../support/maintenance.ts'
import { addSchedule } from '../support/schedules.ts'
import { ACME, ACME_LEEDS, RIVAL, START, world } from '../support/world.ts'

/** At 20:00 and at 22:00, for four hours each. */
const TWICE: Partial<ScheduleInput> = {
  rules: [{ rrule: 'FREQ=DAILY;BYHOUR=20,22', start: '2026-11-24T20:00' }],
  overlap: 'queue',
}

t.test('a window that is queued opens when the one before it closes', async (t) => {
  const w = await world(t)
  await addComputers(w, ACME, ['ONE'])
  await addSchedule(w, ACME, TWICE)
  for (const at of [START, '2026-11-24T20:00', '2026-11-24T22:00']) await lookAt(w, at)
  t.match(await listWindows(w), [{ state: 'open' }, { state: 'queued' }])
  await lookAt(w, '2026-11-25T00:00')
  const opened = { state: 'open', starts_at: '2026-11-25T00:00:00.000Z', reason: '' }
  t.match(await listWindows(w), [{ state: 'closed' }, opened])
  t.match(await listSessions(w), [{ state: 'missed' }, { state: 'pending' }])
  await lookAt(w, '2026-11-25T02:00')
  t.match(await listWindows(w), [{ state: 'closed' }, { state: 'closed' }])
})

t.test('a window that was queued for longer than its time is skipped', async (t) => {
  const w = await world(t)
  await addComputers(w, ACME, ['ONE'])
  await addSchedule(w, ACME, TWICE)
  for (const at of [START, '2026-11-24T20:00', '2026-11-24T22:00']) await lookAt(w, at)
  await lookAt(w, '2026-11-25T03:00')
  t.match(await listWindows(w), [
    { state: 'closed' },
    { state: 'skipped', reason: 'Its time was over before the window before it was.' },
  ])
})

t.test('what was missed runs one after the other, each for its usual length', async (t) => {
  const w = await world(t)
  await addComputers(w, ACME, ['ONE'])
  await addSchedule(w, ACME, { missed: 'all', overlap: 'queue' })
  await lookAt(w, START)
  await lookAt(w, '2026-11-27T09:00')
  const late = { cause: 'caught_up' }
  t.match(await listWindows(w), [{ ...late, state: 'open' }, late, late])
  await lookAt(w, '2026-11-27T13:00')
  t.match(await listWindows(w), [
    { state: 'closed' },
    { state: 'open', ends_at: '2026-11-27T17:00:00.000Z' },
    { state: 'queued' },
  ])
})

t.test('a session that waits for the next window is taken over by it', async (t) => {
  const w = await world(t)
  await addComputers(w, ACME, ['ONE'])
  await addSchedule(w, ACME, { unfinished: 'wait' })
  for (const at of [START, '2026-11-24T22:00', '2026-11-25T02:00']) await lookAt(w, at)
  t.match(await listSessions(w), [{ state: 'postponed', ended_at: null }])
  await lookAt(w, '2026-11-25T22:00')
  const taken = { state: 'skipped', reason: 'Taken over by the next window.' }
  t.match(await listSessions(w), [taken, { state: 'pending' }])
})

t.test('a session does not wait where no window comes any more', async (t) => {
  const w = await world(t)
  await addComputers(w, ACME, ['ONE'])
  const rules = [{ rrule: 'FREQ=DAILY;COUNT=1', start: '2026-11-24T22:00' }]
  await addSchedule(w, ACME, { rules, unfinished: 'wait' })
  for (const at of [START, '2026-11-24T22:00', '2026-11-25T02:00']) await lookAt(w, at)
  t.match(await listSessions(w), [{ state: 'missed', reason: 'There is no next window.' }])
})

t.test('a window that covers no computer is skipped, and says so', async (t) => {
  const w = await world(t)
  await addComputers(w, RIVAL, ['ONE'])
  await addSchedule(w, ACME)
  for (const at of [START, '2026-11-24T22:00']) await lookAt(w, at)
  t.match(await listWindows(w), [{ state: 'skipped', reason: 'It covers no computer.' }])
})

t.test('in a zone in which there is no computer nothing is recorded', async (t) => {
  const w = await world(t)
  await addComputers(w, ACME, ['ONE'])
  await putPreference(w, ACME_LEEDS, 'maintenance.time_zone', 'Asia/Tokyo')
  await addSchedule(w, ACME, { zone_of: 'tenant', zone: null })
  for (const at of [START, '2026-11-24T13:00']) await lookAt(w, at)
  t.same(await listWindows(w), [])
  await lookAt(w, '2026-11-24T22:00')
  t.match(await listWindows(w), [{ state: 'open', zone: 'UTC' }])
})

t.test(
  'detection starts before the window, sessions with it, each at its own minute',
  async (t) => {
    const w = await world(t)
    await addComputers(w, ACME, ['ONE', 'TWO', 'THREE', 'FOUR', 'FIVE'])
    await addSchedule(w, ACME, { detection_minutes: 480, spread_minutes: 120 })
    await lookAt(w, START)
    await lookAt(w, '2026-11-24T13:59')
    t.same(await listWindows(w), [])
    await lookAt(w, '2026-11-24T14:00')
    t.match(await listWindows(w), [{ state: 'open', detect_at: '2026-11-24T14:00:00.000Z' }])
    const starts = (await listSessions(w)).map(({ starts_at }) => starts_at)
    t.ok(starts.every((at) => '2026-11-24T22:00' <= at && at <= '2026-11-25T00:00:00.000Z'))
    t.ok(new Set(starts).size > 1)
    await lookAt(w, '2026-11-25T14:00')
    t.equal((await listWindows(w)).length, 2)
  },
)

t.test('nothing starts in a freeze period, and each session says why', async (t) => {
  const w = await world(t)
  await addComputers(w, ACME, ['ONE'])
  await addComputers(w, ACME_LEEDS, ['TWO'])
  await putPreference(w, ACME_LEEDS, 'maintenance.freeze_periods', ['2026-11-20/2026-11-30'])
  await addSchedule(w, ACME)
  for (const at of [START, '2026-11-24T22:00']) await lookAt(w, at)
  t.match(await listSessions(w), [
    { state: 'pending' },
    { state: 'skipped', reason: 'Nothing starts in the freeze period 2026-11-20 to 2026-11-30.' },
  ])
})

t.test('a window in which nothing is to be done closes at once', async (t) => {
  const w = await world(t)
  await addComputers(w, ACME, ['ONE'])
  await putPreference(w, ACME, 'maintenance.exclude_computers', true)
  await addSchedule(w, ACME)
  for (const at of [START, '2026-11-24T22:00']) await lookAt(w, at)
  t.match(await listWindows(w), [{ state: 'closed' }])
  t.match(await listSessions(w), [
    { state: 'skipped', reason: 'The computers of this tenant are excluded from maintenance.' },
  ])
})

t.test('a tenant that is excluded from what all share has no session of it', async (t) => {
  const w = await world(t)
  await addComputers(w, ACME, ['ONE'])
  const [two] = await addComputers(w, RIVAL, ['TWO'])
  await putPreference(w, ACME, 'maintenance.exclude_from_cross_tenant', true)
  await addSchedule(w, 1)
  for (const at of [START, '2026-11-24T22:00']) await lookAt(w, at)
  t.match(await listSessions(w), [{ computer_id: two }])
})
