import t, { type Test } from 'tap'
import { operation } from '../../src/db/operation.ts'
import { runNow } from '../../src/maintenance/commands.ts'
import { setScheduleState } from '../../src/schedules/commands.ts'
import { addComputers } from '../support/computers.ts'
import { listSessions, listWindows, lookAt, putPreference } from '../support/maintenance.ts'
import { addSchedule } from '../support/schedules.ts'
import { ACME, ACME_LEEDS, START, type World, world } from '../support/world.ts'
import { moveComputer } from '../support/moving.ts'

const WEEKLY = {
  detection_minutes: 10_000,
  rules: [{ rrule: 'FREQ=WEEKLY', start: '2026-11-27T22:00' }],
}
const OPENS = '2026-11-27T22:00'

/** A week's window of Acme alone, found days before it opens. */
async function findAhead(t: Test) {
  const w = await world(t)
  const [one] = await addComputers(w, ACME, ['ONE'])
  const schedule = await addSchedule(w, ACME, { ...WEEKLY, applies_to_children: false })
  await lookAt(w, START)
  return { w, one: one!, schedule }
}

const installs = async (w: World) =>
  (await listSessions(w)).map(
    ({ options }) =>
      (JSON.parse(options) as Record<string, unknown>)['maintenance.install_os_updates'],
  )

t.test('a window that was found days before covers whom it covers when it opens', async (t) => {
  const { w, one } = await findAhead(t)
  t.match(await listSessions(w), [{ computer_id: one, state: 'pending' }])
  const [two] = await addComputers(w, ACME, ['TWO'])
  await lookAt(w, OPENS)
  t.match(await listSessions(w), [
    { computer_id: one, state: 'pending' },
    { computer_id: two, state: 'pending' },
  ])
})

t.test('what has not started has the options that are in effect when it opens', async (t) => {
  const { w } = await findAhead(t)
  t.same(await installs(w), [true])
  await putPreference(w, ACME, 'maintenance.install_os_updates', false)
  await lookAt(w, '2026-11-26T12:00')
  t.same(await installs(w), [true])
  await lookAt(w, OPENS)
  t.same(await installs(w), [false])
})

t.test('a computer that is out of reach when it opens is skipped', async (t) => {
  const { w, one } = await findAhead(t)
  await addComputers(w, ACME, ['TWO'])
  await moveComputer(w, one, ACME_LEEDS)
  await lookAt(w, OPENS)
  t.match(await listSessions(w), [{ state: 'skipped' }, { state: 'pending' }])
})

t.test('a window that had nobody when it was found has who came since', async (t) => {
  const w = await world(t)
  await addSchedule(w, ACME, WEEKLY)
  await lookAt(w, START)
  t.match(await listWindows(w), [{ state: 'open' }])
  await addComputers(w, ACME, ['ONE'])
  await lookAt(w, OPENS)
  t.match(await listSessions(w), [{ state: 'pending' }])
})

t.test('a window that has nobody when it opens says so', async (t) => {
  const w = await world(t)
  await addSchedule(w, ACME, WEEKLY)
  for (const at of [START, OPENS]) await lookAt(w, at)
  t.match(await listWindows(w), [{ state: 'skipped', reason: 'It covers no computer.' }])
})

t.test('what was found before its schedule was disabled stays as it is', async (t) => {
  const { w, schedule } = await findAhead(t)
  const before = await listSessions(w)
  await operation(w.db, w.actor, 'test.change', (tx) =>
    setScheduleState(tx, w.actor, schedule, 'disabled'),
  )
  await addComputers(w, ACME, ['TWO'])
  await lookAt(w, OPENS)
  t.same(await listSessions(w), before)
})

t.test(
  'a window that is still to come does not keep its schedule from being run now',
  async (t) => {
    const { w, schedule } = await findAhead(t)
    const run = () =>
      operation(w.db, w.actor, 'schedule.run', (tx) => runNow(tx, w.actor, schedule, ''))
    await run()
    t.match(await listWindows(w), [{ cause: 'due' }, { cause: 'run_now', state: 'open' }])
    await lookAt(w, OPENS)
    await t.rejects(run(), /has a window that is open/)
  },
)

t.test('no computer starts in a freeze period, however late in the window it starts', async (t) => {
  const w = await world(t)
  await addComputers(w, ACME, ['ONE', 'TWO', 'THREE', 'FOUR', 'FIVE', 'SIX'])
  await putPreference(w, ACME, 'maintenance.freeze_periods', ['2026-11-25/2026-11-30'])
  await addSchedule(w, ACME, { spread_minutes: 239 })
  for (const at of [START, '2026-11-24T22:00']) await lookAt(w, at)
  const sessions = await listSessions(w)
  const isFrozen = (starts_at: string) => starts_at >= '2026-11-25'
  t.ok(sessions.some((session) => isFrozen(session.starts_at)))
  t.ok(sessions.some((session) => !isFrozen(session.starts_at)))
  for (const { starts_at, state } of sessions)
    t.equal(state, isFrozen(starts_at) ? 'skipped' : 'pending')
})

t.test('what is to be caught up with lets the windows in their time go first', async (t) => {
  const w = await world(t)
  await addComputers(w, ACME, ['ONE'])
  await addSchedule(w, ACME, { missed: 'all', overlap: 'queue', missed_days: 30 })
  await lookAt(w, START)
  for (const hour of ['09', '13', '17', '21', '22']) await lookAt(w, `2026-11-30T${hour}:00`)
  for (const hour of ['01', '02', '06']) await lookAt(w, `2026-12-01T${hour}:00`)
  const opened = (await listWindows(w))
    .filter(({ state }) => state !== 'queued')
    .sort((one, other) => (one.starts_at < other.starts_at ? -1 : 1))
  t.same(
    opened.map(({ cause, starts_at }) => `${cause} ${starts_at.slice(5, 16)}`),
    [
      'caught_up 11-30T09:00',
      'caught_up 11-30T13:00',
      'caught_up 11-30T17:00',
      'caught_up 11-30T21:00',
      'due 12-01T01:00',
      'caught_up 12-01T02:00',
      'caught_up 12-01T06:00',
    ],
  )
})
