import t from 'tap'
import { operation } from '../../src/db/operation.ts'
import { forecastSchedule } from '../../src/schedules/forecast.ts'
import { overrideSchedule } from '../../src/schedules/overriding.ts'
import { planWhatChanged } from '../../src/schedules/planning.ts'
import { getSchedule } from '../../src/schedules/queries.ts'
import { addComputers } from '../support/computers.ts'
import { putPreference } from '../support/maintenance.ts'
import { NIGHTLY, addSchedule } from '../support/schedules.ts'
import { ACME, ACME_LEEDS, type World, world } from '../support/world.ts'

/** For each zone of a schedule's forecast, which of its windows meet which others. */
async function meetings(w: World, id: number) {
  await planWhatChanged(w.db)
  const { sections } = await forecastSchedule(w.db, w.actor, await getSchedule(w.db, w.actor, id))
  const overlaps = (marks: { kind: string; words: string }[]) =>
    marks.filter(({ kind }) => kind === 'overlap').map(({ words }) => words)
  return Object.fromEntries(
    sections.map(({ zone, windows }) => [zone, windows.map(({ marks }) => overlaps(marks).join())]),
  )
}

const once = (start: string) => ({ rules: [{ rrule: 'FREQ=DAILY;COUNT=1', start }] })

t.test('compares with the times of another schedule where the computers are', async (t) => {
  const w = await world(t)
  await addComputers(w, ACME, ['ONE'])
  await addComputers(w, ACME_LEEDS, ['TWO'])
  await putPreference(w, ACME, 'maintenance.time_zone', 'Europe/London')
  await putPreference(w, ACME_LEEDS, 'maintenance.time_zone', 'Pacific/Honolulu')
  const tenants = { zone_of: 'tenant', zone: null } as const
  const nightly = await addSchedule(w, ACME, { ...tenants, window_minutes: 360 })
  await operation(w.db, w.actor, 'schedule.override', (tx) => {
    const rules = [{ rrule: 'FREQ=DAILY', start: '2026-11-24T01:00' }]
    const times = { ...NIGHTLY, ...tenants, rules, window_minutes: 180 }
    return overrideSchedule(tx, w.actor, ACME_LEEDS, nightly, { form: 'own', times }, 0)
  })
  const id = await addSchedule(w, ACME, {
    ...tenants,
    ...once('2026-11-25T23:00'),
    name: 'Late',
    window_minutes: 60,
  })
  t.same(await meetings(w, id), {
    'Europe/London': ['At the same time as “Nightly”'],
    'Pacific/Honolulu': [''],
  })
})

t.test('compares as far as windows are foretold, be they years apart', async (t) => {
  const w = await world(t)
  await addSchedule(w, ACME)
  const id = await addSchedule(w, ACME, {
    name: 'Monthly',
    rules: [{ rrule: 'FREQ=MONTHLY;BYMONTHDAY=1', start: '2026-11-24T23:00' }],
  })
  t.same(new Set((await meetings(w, id))['UTC']), new Set(['At the same time as “Nightly”']))
})

t.test('does not compare what can be for no computer of the other', async (t) => {
  const w = await world(t)
  await addSchedule(w, ACME, { target_kinds: 'not_servers' })
  await addSchedule(w, ACME, { name: 'Alone', applies_to_children: false })
  const servers = await addSchedule(w, ACME, { name: 'Servers', target_kinds: 'servers' })
  const [first] = (await meetings(w, servers))['UTC']!
  t.equal(first, 'At the same time as “Alone”')
})
