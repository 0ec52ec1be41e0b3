import t from 'tap'
import { addComputers } from '../support/computers.ts'
import { listSessions, listWindows, lookAt } from '../support/maintenance.ts'
import { addSchedule } from '../support/schedules.ts'
import { ACME, START, world } from '../support/world.ts'

t.test('after a clock was a year ahead for a moment, every night has its window', async (t) => {
  const w = await world(t)
  await addComputers(w, ACME, ['ONE'])
  await addSchedule(w, ACME)
  for (const at of [START, '2027-11-24T12:00', '2026-11-24T09:01']) await lookAt(w, at)
  const known = (await listWindows(w)).length
  for (const night of ['24', '25', '26']) await lookAt(w, `2026-11-${night}T22:00`)
  const windows = (await listWindows(w)).slice(known)
  t.same(
    windows.map(({ local_start }) => local_start),
    ['2026-11-24T22:00', '2026-11-25T22:00', '2026-11-26T22:00'],
  )
  t.same(
    windows.map(({ state }) => state),
    ['closed', 'closed', 'open'],
  )
})

t.test('what a clock that was ahead recorded as missed runs in its time', async (t) => {
  const w = await world(t)
  await addComputers(w, ACME, ['ONE'])
  await addSchedule(w, ACME)
  for (const at of [START, '2026-11-27T12:00', '2026-11-24T09:01', '2026-11-24T22:00'])
    await lookAt(w, at)
  t.match(await listWindows(w), [
    { local_start: '2026-11-24T22:00', state: 'open', reason: '' },
    { local_start: '2026-11-25T22:00', state: 'skipped' },
    { local_start: '2026-11-26T22:00', state: 'skipped' },
  ])
  t.match(await listSessions(w), [{ state: 'pending', window_id: 1 }])
})

t.test('what ran by a clock that was ahead does not run again', async (t) => {
  const w = await world(t)
  await addComputers(w, ACME, ['ONE'])
  await addSchedule(w, ACME)
  for (const at of [START, '2026-11-27T22:00', '2026-11-24T09:01', '2026-11-27T22:00'])
    await lookAt(w, at)
  const nights = (await listWindows(w)).map(({ local_start }) => local_start)
  t.equal(nights.filter((night) => night === '2026-11-27T22:00').length, 1)
  t.equal((await listSessions(w)).length, 1)
})
