import t from 'tap'
import { everyTenant } from '../../src/db/scope-guard.ts'
import { look } from '../../src/maintenance/scheduler.ts'
import { addComputers } from '../support/computers.ts'
import { addSchedule } from '../support/schedules.ts'
import { ACME, ACME_LEEDS, RIVAL, type World, world } from '../support/world.ts'

const windows = ({ db }: World) =>
  everyTenant(db).selectFrom('maintenance_window').selectAll().orderBy('id').execute()

const sessions = ({ db }: World) =>
  everyTenant(db).selectFrom('maintenance_session').selectAll().orderBy('id').execute()

t.test('opens a window at its time, with a session for each computer that it covers', async (t) => {
  const w = await world(t)
  await addComputers(w, ACME, ['ONE'])
  await addComputers(w, ACME_LEEDS, ['TWO'])
  await addComputers(w, RIVAL, ['THREE'])
  await addSchedule(w, ACME)
  await look(w.db)
  t.same(await windows(w), [])
  w.clock.now = '2026-11-24T22:00:00.000Z'
  await look(w.db)
  t.match(await windows(w), [{ state: 'open', cause: 'due', ends_at: '2026-11-25T02:00:00.000Z' }])
  t.match(await sessions(w), [{ state: 'pending' }, { state: 'pending' }])
  t.equal((await sessions(w)).length, 2)
  await look(w.db)
  t.equal((await windows(w)).length, 1)
  w.clock.now = '2026-11-25T01:59:59.999Z'
  await look(w.db)
  t.match(await windows(w), [{ state: 'open' }])
  w.clock.now = '2026-11-25T02:00:00.000Z'
  await look(w.db)
  t.match(await windows(w), [{ state: 'closed' }])
  t.match(await sessions(w), [{ state: 'missed' }, { state: 'missed' }])
  w.clock.now = '2026-11-25T22:00:01.000Z'
  await look(w.db)
  t.equal((await windows(w)).length, 2)
})

t.test('T26: a plan made anew while the clock is a day behind opens nothing twice', async (t) => {
  const w = await world(t)
  await addComputers(w, ACME, ['ONE'])
  await addSchedule(w, ACME, { rules: [{ rrule: 'FREQ=DAILY', start: '2026-11-20T22:00' }] })
  await look(w.db, { time_zone_data: '2025c' })
  for (const now of ['2026-11-24T22:00:00.000Z', '2026-11-25T22:00:00.000Z']) {
    w.clock.now = now
    await look(w.db, { time_zone_data: '2025c' })
  }
  w.clock.now = '2026-11-24T21:00:00.000Z'
  await look(w.db, { time_zone_data: '2026c' })
  w.clock.now = '2026-11-26T22:00:00.000Z'
  await look(w.db, { time_zone_data: '2026c' })
  t.match(await windows(w), [{ state: 'closed' }, { state: 'closed' }, { state: 'open' }])
  t.equal((await windows(w)).length, 3)
  t.equal((await sessions(w)).length, 3)
})
