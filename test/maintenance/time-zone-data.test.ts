import t from 'tap'
import { system } from '../../src/db/operation.ts'
import { type Log, look } from '../../src/maintenance/scheduler.ts'
import { addComputers } from '../support/computers.ts'
import { listWindows, lookAt } from '../support/maintenance.ts'
import { addSchedule } from '../support/schedules.ts'
import { ACME, world } from '../support/world.ts'

const fail = (error: unknown) => {
  throw error
}

t.test('T28: new time-zone data plans every window anew, and lists those that move', async (t) => {
  const w = await world(t)
  await addComputers(w, ACME, ['ONE'])
  const schedule = await addSchedule(w, ACME, { zone: 'America/Vancouver' })
  const steady = await addSchedule(w, ACME, { name: 'Steady' })
  const moved: Parameters<Log['moved']>[0] = []
  const log: Log = { moved: (windows) => moved.push(...windows), trouble: fail }
  await look(w.db, { log, time_zone_data: '2025c' })
  // What the data of 2025 said of this night, which has been on summer time since.
  const former = { starts_at: '2026-11-25T06:00:00.000Z', detect_at: '2026-11-25T06:00:00.000Z' }
  await system(w.db, (tx) =>
    tx.updateTable('next_window').set(former).where('schedule_id', '=', schedule).execute(),
  )
  await look(w.db, { log, time_zone_data: '2025c' })
  t.same(moved, [])
  await look(w.db, { log, time_zone_data: '2026c' })
  t.match(moved, [
    { schedule_id: schedule, from: former.starts_at, to: '2026-11-25T05:00:00.000Z' },
  ])
  t.notOk(moved.some(({ schedule_id }) => schedule_id === steady))
  await lookAt(w, '2026-11-25T05:00')
  t.match(await listWindows(w), [{ schedule_id: steady }, { schedule_id: schedule }])
})

t.test('T28: a window that was due by new data when nothing ran is not lost', async (t) => {
  const w = await world(t)
  await addComputers(w, ACME, ['ONE'])
  await addSchedule(w, ACME, { zone: 'America/Vancouver' })
  await look(w.db, { time_zone_data: '2025c' })
  const former = { starts_at: '2026-11-25T06:00:00.000Z', detect_at: '2026-11-25T06:00:00.000Z' }
  await system(w.db, (tx) => tx.updateTable('next_window').set(former).execute())
  w.clock.now = '2026-11-25T05:30:00.000Z'
  await look(w.db, { time_zone_data: '2026c', log: { moved() {}, trouble: fail } })
  t.match(await listWindows(w), [{ state: 'open', starts_at: '2026-11-25T05:00:00.000Z' }])
})

t.test('T28: of processes with different time-zone data, the newer alone plans anew', async (t) => {
  const w = await world(t)
  await addSchedule(w, ACME)
  const plannedBy: (string | undefined)[] = []
  for (const time_zone_data of ['2025b', '2026c', '2025b', '2026c']) {
    await look(w.db, { time_zone_data })
    const row = await w.db.selectFrom('scheduler').select('time_zone_data').executeTakeFirst()
    plannedBy.push(row?.time_zone_data)
  }
  t.same(plannedBy, ['2025b', '2026c', '2026c', '2026c'])
})
