import t from 'tap'
import { openDatabase } from '../../src/db/connection.ts'
import { operation } from '../../src/db/operation.ts'
import { planWhatChanged } from '../../src/schedules/planning.ts'
import { updateSchedule } from '../../src/schedules/commands.ts'
import { addComputer, addComputers } from '../support/computers.ts'
import { listSessions, listWindows, lookAt, putPreference } from '../support/maintenance.ts'
import { moveComputer } from '../support/moving.ts'
import { addSchedule, NIGHTLY } from '../support/schedules.ts'
import { ACME, ACME_LEEDS, RIVAL, START, type World, world } from '../support/world.ts'

const BY_COMPUTER = { zone_of: 'computer', zone: null } as const

const listToPlan = async ({ db }: World) =>
  (await db.selectFrom('schedule_to_plan').select('schedule_id').execute()).map(
    ({ schedule_id }) => schedule_id,
  )

t.test('a computer that comes with a clock of its own is maintained by it', async (t) => {
  const w = await world(t)
  await addComputers(w, ACME, ['ONE'])
  const tokyo = await addComputer(w, RIVAL, { name: 'TOKYO', time_zone: 'Asia/Tokyo' })
  await addSchedule(w, ACME, BY_COMPUTER)
  await lookAt(w, START)
  await moveComputer(w, tokyo, ACME)
  for (const at of ['2026-11-24T13:00', '2026-11-24T22:00']) await lookAt(w, at)
  t.match(await listSessions(w), [
    { computer_id: tokyo, starts_at: '2026-11-24T13:00:00.000Z' },
    { starts_at: '2026-11-24T22:00:00.000Z' },
  ])
})

t.test('only schedules above a computer are planned for its clock, and only once', async (t) => {
  const w = await world(t)
  const own = await addSchedule(w, ACME, BY_COMPUTER)
  await addSchedule(w, RIVAL, BY_COMPUTER)
  await addSchedule(w, ACME, { name: 'By the clock of the server' })
  await planWhatChanged(w.db)
  await addComputer(w, ACME_LEEDS, { name: 'ONE', time_zone: 'Asia/Tokyo' })
  t.same(await listToPlan(w), [own])
  await planWhatChanged(w.db)
  await addComputer(w, ACME_LEEDS, { name: 'TWO', time_zone: 'Asia/Tokyo' })
  t.same(await listToPlan(w), [])
})

t.test('when an exemption from a locked zone ends, maintenance goes on in it', async (t) => {
  const w = await world(t)
  await addComputers(w, ACME_LEEDS, ['ONE'])
  const time_zone = 'preferences/maintenance.time_zone'
  await w.api.put(`/tenants/${ACME}/${time_zone}`, { value: 'Europe/London', lock: 'fixed' })
  await w.api.post(`/tenants/${ACME_LEEDS}/exemptions`, {
    key: 'maintenance.time_zone',
    lock_tenant_id: ACME,
    reason: 'They move',
    expires_at: '2026-11-25T00:00:00.000Z',
  })
  await putPreference(w, ACME_LEEDS, 'maintenance.time_zone', 'Asia/Tokyo')
  await addSchedule(w, ACME_LEEDS, { zone_of: 'tenant', zone: null })
  for (const at of [START, '2026-11-24T13:00', '2026-11-25T13:00', '2026-11-25T22:00'])
    await lookAt(w, at)
  t.match(await listWindows(w), [
    { zone: 'Asia/Tokyo', starts_at: '2026-11-24T13:00:00.000Z', state: 'closed' },
    { zone: 'Europe/London', starts_at: '2026-11-25T22:00:00.000Z', state: 'open' },
  ])
})

t.test('a schedule that moves to a zone further west does not run twice in a night', async (t) => {
  const w = await world(t)
  await addComputers(w, ACME, ['ONE'])
  const facts = { ...NIGHTLY, window_minutes: 60 }
  const schedule = await addSchedule(w, ACME, { ...facts, zone: 'Europe/Berlin' })
  for (const at of [START, '2026-11-24T21:00', '2026-11-24T22:00']) await lookAt(w, at)
  await operation(w.db, w.actor, 'test.change', (tx) =>
    updateSchedule(tx, w.actor, schedule, { ...facts, zone: 'America/New_York' }, 1),
  )
  for (const at of ['2026-11-25T03:00', '2026-11-26T03:00']) await lookAt(w, at)
  t.match(await listWindows(w), [
    { zone: 'Europe/Berlin', local_start: '2026-11-24T22:00' },
    { zone: 'America/New_York', local_start: '2026-11-25T22:00' },
  ])
})

t.test('two processes that plan a change at once count windows from the change on', async (t) => {
  const w = await world(t)
  await addComputers(w, ACME, ['ONE'])
  await putPreference(w, ACME, 'maintenance.time_zone', 'Asia/Tokyo')
  const schedule = await addSchedule(w, ACME)
  await lookAt(w, START)
  w.clock.now = '2026-11-24T21:00:00.000Z'
  const own = { ...NIGHTLY, zone_of: 'tenant', zone: null } as const
  await operation(w.db, w.actor, 'test.change', (tx) =>
    updateSchedule(tx, w.actor, schedule, own, 1),
  )
  const other = openDatabase(w.path, () => w.clock.now)
  await Promise.all([planWhatChanged(w.db), planWhatChanged(other)])
  await other.close()
  const next = await w.db.selectFrom('next_window').select('starts_at').execute()
  t.same(next, [{ starts_at: '2026-11-25T13:00:00.000Z' }])
})
