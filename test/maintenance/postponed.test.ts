import t, { type Test } from 'tap'
import { operation } from '../../src/db/operation.ts'
import { everyTenantTx } from '../../src/db/scope-guard.ts'
import { overrideSchedule } from '../../src/schedules/overriding.ts'
import type { ScheduleInput } from '../../src/schedules/commands.ts'
import { addCast } from '../support/cast.ts'
import { addComputers } from '../support/computers.ts'
import { listSessions, lookAt, putPreference } from '../support/maintenance.ts'
import { addSchedule } from '../support/schedules.ts'
import { ACME, ACME_LEEDS, START, type World, world } from '../support/world.ts'

/** A world in which a session of Acme waits for the next window. */
async function postponed(t: Test, given: Partial<ScheduleInput> = {}, tenant = ACME) {
  const w = await world(t)
  await addComputers(w, tenant, ['ONE'])
  const schedule = await addSchedule(w, ACME, { unfinished: 'wait', ...given })
  for (const at of [START, '2026-11-24T22:00', '2026-11-25T02:00']) await lookAt(w, at)
  t.match(await listSessions(w), [{ state: 'postponed' }])
  return { w, schedule }
}

const cameTo = async (w: World) =>
  (await listSessions(w)).map(({ state, reason }) => [state, reason].filter(Boolean).join(': '))

const WAITS = 'postponed: The window ended before it started. It waits for the next.'
const TAKEN = 'skipped: Taken over by the next window.'

t.test('a session goes on waiting where the next window does not start it either', async (t) => {
  const { w } = await postponed(t)
  await putPreference(w, ACME, 'maintenance.freeze_periods', ['2026-11-25/2026-11-25'])
  await lookAt(w, '2026-11-25T22:00')
  const frozen = 'Nothing starts in the freeze period 2026-11-25 to 2026-11-25.'
  t.same(await cameTo(w), [WAITS, `skipped: ${frozen}`])
  await lookAt(w, '2026-11-26T22:00')
  t.same(await cameTo(w), [TAKEN, `skipped: ${frozen}`, 'pending'])
})

t.test('a session waits on for the window of the zone to which its tenant went', async (t) => {
  const { w } = await postponed(t, { zone_of: 'tenant', zone: null })
  await addComputers(w, ACME_LEEDS, ['TWO'])
  // Once it is past ten there, too.
  await lookAt(w, '2026-11-25T04:00')
  await putPreference(w, ACME_LEEDS, 'maintenance.time_zone', 'UTC')
  await putPreference(w, ACME, 'maintenance.time_zone', 'America/New_York')
  await lookAt(w, '2026-11-25T04:01')
  t.same(await cameTo(w), [WAITS])
  // That of Leeds opens first, and is not its own.
  await lookAt(w, '2026-11-25T22:00')
  t.same(await cameTo(w), [WAITS, 'pending'])
  await lookAt(w, '2026-11-26T03:00')
  t.same((await cameTo(w))[0], TAKEN)
})

t.test('a session whose next window was open before it had to wait is taken over', async (t) => {
  const w = await world(t)
  await addComputers(w, ACME, ['ONE'])
  const rules = [{ rrule: 'FREQ=DAILY;COUNT=2', start: '2026-11-24T22:00' }]
  await addSchedule(w, ACME, { rules, unfinished: 'wait', detection_minutes: 1320 })
  for (const at of [START, '2026-11-25T00:00']) await lookAt(w, at)
  t.same(await cameTo(w), ['pending', 'pending'])
  await lookAt(w, '2026-11-25T02:00')
  t.same(await cameTo(w), [TAKEN, 'pending'])
})

t.test('a session waits in vain where the times of its tenant have come to an end', async (t) => {
  const { w, schedule } = await postponed(t, {}, ACME_LEEDS)
  const rules = [{ rrule: 'FREQ=DAILY;COUNT=1', start: '2026-11-24T22:00' }]
  const times = { rules, window_minutes: 240, zone_of: 'fixed' as const, zone: 'UTC' }
  await operation(w.db, w.actor, 'schedule.override', (tx) =>
    overrideSchedule(tx, w.actor, ACME_LEEDS, schedule, { form: 'own', times }, 0),
  )
  await lookAt(w, '2026-11-25T03:00')
  await lookAt(w, '2026-11-25T22:00')
  t.same(await cameTo(w), ['missed: There is no next window.'])
})

t.test('a session that the next window leaves out is missed', async (t) => {
  const { w, schedule } = await postponed(t)
  await addComputers(w, ACME_LEEDS, ['TWO'])
  await operation(w.db, w.actor, 'test.target', (tx) =>
    everyTenantTx(tx)
      .updateTable('schedule')
      .set({ target_kinds: 'servers' })
      .where('id', '=', schedule)
      .execute(),
  )
  await lookAt(w, '2026-11-25T22:00')
  t.same(await cameTo(w), ['missed: The next window does not cover it any more.'])
})

t.test('T5: a run leaves what waits where its actor may run nothing', async (t) => {
  const { w, schedule } = await postponed(t, {}, ACME_LEEDS)
  await addComputers(w, ACME, ['TWO'])
  const { bob } = await addCast(w)
  const denied = { person_id: bob.person_id, tenant_id: ACME_LEEDS, role_id: null, reason: 'x' }
  await w.api.post('/assignments', { ...denied, effect: 'deny' })
  await bob.browser.post(`/schedules/${schedule}/runs`, { reason: '' })
  t.same(await cameTo(w), [WAITS, 'pending'])
})
