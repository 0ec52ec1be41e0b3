import t from 'tap'
import { operation } from '../../src/db/operation.ts'
import { overrideSchedule } from '../../src/schedules/overriding.ts'
import { addComputers } from '../support/computers.ts'
import { listSessions, listWindows, lookAt, putPreference } from '../support/maintenance.ts'
import { addSchedule } from '../support/schedules.ts'
import { ACME, ACME_LEEDS, START, type World, world } from '../support/world.ts'

// A computer that changes its clock in a night has one turn of each schedule on a local date.

const ZONE = 'maintenance.time_zone'
const OWN = { zone_of: 'tenant', zone: null } as const

/** Acme is in Berlin, Leeds in London: an hour later. */
async function twoClocks(w: World) {
  await putPreference(w, ACME, ZONE, 'Europe/Berlin')
  await putPreference(w, ACME_LEEDS, ZONE, 'Europe/London')
}

const send = ({ api }: World, ids: number[], tenant_id: number) =>
  api.post('/computers/batch', { action: 'change_tenant', ids, tenant_id })

t.test('a computer that goes to another zone in a night is maintained once', async (t) => {
  const w = await world(t)
  await twoClocks(w)
  const [one] = await addComputers(w, ACME, ['ONE'])
  const [two] = await addComputers(w, ACME_LEEDS, ['TWO'])
  await addSchedule(w, ACME, OWN)
  for (const at of [START, '2026-11-24T21:00']) await lookAt(w, at)
  await send(w, [one!], ACME_LEEDS)
  await lookAt(w, '2026-11-24T22:00')
  const reason =
    'It has its turn of that day in session 1, in the window of 2026-11-24 22:00 in Europe/Berlin.'
  const sessions = await listSessions(w)
  t.match(
    sessions.filter(({ computer_id }) => computer_id === one),
    [{ state: 'pending' }, { state: 'skipped', reason }],
  )
  t.match(
    sessions.filter(({ computer_id }) => computer_id === two),
    [{ state: 'pending' }],
  )
  await lookAt(w, '2026-11-25T22:00')
  t.equal((await listSessions(w)).filter(({ state }) => state === 'pending').length, 2)
})

t.test('it is when its turn came to nothing', async (t) => {
  const w = await world(t)
  await twoClocks(w)
  const [one] = await addComputers(w, ACME, ['ONE'])
  await addSchedule(w, ACME, OWN)
  for (const at of [START, '2026-11-24T21:00']) await lookAt(w, at)
  const [session] = await listSessions(w)
  await w.api.post(`/sessions/${session!.id}/cancellation`, { reason: '' })
  await send(w, [one!], ACME_LEEDS)
  await lookAt(w, '2026-11-24T22:00')
  t.match(await listSessions(w), [{ state: 'cancelled' }, { state: 'pending' }])
})

t.test('a tenant whose clock is put elsewhere in a night is maintained once', async (t) => {
  const w = await world(t)
  await twoClocks(w)
  await addComputers(w, ACME, ['ONE'])
  await addSchedule(w, ACME, OWN)
  for (const at of [START, '2026-11-24T21:00']) await lookAt(w, at)
  await putPreference(w, ACME, ZONE, 'Europe/London')
  await lookAt(w, '2026-11-24T22:00')
  t.match(await listSessions(w), [{ state: 'pending' }, { state: 'skipped' }])
  t.match(await listWindows(w), [{ zone: 'Europe/Berlin' }, { zone: 'Europe/London' }])
})

t.test('so is one that comes to times of a tenant’s own', async (t) => {
  const w = await world(t)
  const [one] = await addComputers(w, ACME, ['ONE'])
  const id = await addSchedule(w, ACME)
  const rules = [{ rrule: 'FREQ=DAILY', start: '2026-11-24T23:00' }]
  const times = { rules, window_minutes: 60, zone_of: 'fixed', zone: 'UTC' } as const
  await operation(w.db, w.actor, 'schedule.override', (tx) =>
    overrideSchedule(tx, w.actor, ACME_LEEDS, id, { form: 'own', times }, 0),
  )
  for (const at of [START, '2026-11-24T22:00']) await lookAt(w, at)
  await send(w, [one!], ACME_LEEDS)
  await lookAt(w, '2026-11-24T23:00')
  t.match(await listSessions(w), [{ state: 'pending' }, { state: 'skipped' }])
})

t.test('several windows a day, and what somebody runs, are each a turn of their own', async (t) => {
  const w = await world(t)
  await twoClocks(w)
  const [one] = await addComputers(w, ACME, ['ONE'])
  const rules = [{ rrule: 'FREQ=DAILY;BYHOUR=20,22', start: '2026-11-24T20:00' }]
  const id = await addSchedule(w, ACME, { ...OWN, rules, window_minutes: 90 })
  for (const at of [START, '2026-11-24T19:00']) await lookAt(w, at)
  await send(w, [one!], ACME_LEEDS)
  await lookAt(w, '2026-11-24T20:00')
  await lookAt(w, '2026-11-24T22:00')
  t.match(
    (await listSessions(w)).map(({ state }) => state),
    ['missed', 'skipped', 'pending'],
  )
  await w.api.post(`/schedules/${id}/runs`, { reason: '' })
  t.match((await listSessions(w)).at(-1), { state: 'pending' })
})
