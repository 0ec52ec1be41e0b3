import t from 'tap'
import { addComputers } from '../support/computers.ts'
import { lookAt, putPreference } from '../support/maintenance.ts'
import { planOfText, watchWrites } from '../support/plan.ts'
import { addSchedule } from '../support/schedules.ts'
import { ACME, ACME_LEEDS, START, world } from '../support/world.ts'

/** Tables that grow with time, or with computers and schedules. */
const LARGE =
  /^SCAN (computer|tenant|schedule|next_window|maintenance_window|maintenance_session|window|session)\b(?!.*_(postponed|left|ahead|unfinished))/

/** All that a schedule ever did; what it did within some days is little. */
const EVERYTHING = /_of_schedule \((?!.*starts_at>)/

t.test('a look reads no table from end to end, nor all that a schedule ever did', async (t) => {
  const w = await world(t)
  await addComputers(w, ACME, ['ONE'])
  await addSchedule(w, ACME, { unfinished: 'wait' })
  await addSchedule(w, ACME, { name: 'Also', applies_to_children: false, target_kinds: 'servers' })
  await putPreference(w, ACME, 'maintenance.time_zone', 'Europe/Berlin')
  await putPreference(w, ACME_LEEDS, 'maintenance.time_zone', 'Europe/London')
  await addComputers(w, ACME_LEEDS, ['TWO'])
  await addSchedule(w, ACME, { name: 'On each clock', zone_of: 'tenant', zone: null })
  const texts = watchWrites(w.db)
  for (const at of [
    START,
    '2026-11-24T21:00',
    '2026-11-24T22:00',
    '2026-11-25T02:00',
    '2026-11-25T22:00',
  ])
    await lookAt(w, at)
  const plans = [...texts]
    .filter((sql) => /^(select|update|delete|with)/.test(sql))
    .map((sql) => ({ sql, plan: planOfText(w.path, sql) }))
  t.ok(plans.length > 20)
  t.ok(plans.some(({ sql }) => /"maintenance_session" where "window_id" in/.test(sql)))
  const scanning = plans.filter(({ plan }) => plan.some((step) => LARGE.test(step)))
  t.same(scanning, [])
  const whole = plans.filter(({ plan }) => plan.some((step) => EVERYTHING.test(step)))
  t.same(whole, [])
})
