import t from 'tap'
import { spreadStart } from '../../src/schedules/spread.ts'
import { elapsedMinutes, windowAt } from '../../src/schedules/windows.ts'

const window = windowAt('2026-11-24T22:00', 240, 'UTC')
const minute = (schedule_id: number, computer_id: number, spread: number, within = window) =>
  elapsedMinutes(within.opens_at, spreadStart(within, { schedule_id, computer_id }, spread))

t.test('a computer starts at the same time in every window of a schedule', async (t) => {
  // Written down: another result after an upgrade would move every computer.
  t.same(
    [1, 2, 3, 4, 5].map((computer) => minute(7, computer, 60)),
    [35, 16, 6, 8, 14],
  )
  const nextNight = windowAt('2026-11-25T22:00', 240, 'Europe/Berlin')
  t.equal(minute(7, 1234, 60, nextNight), minute(7, 1234, 60))
  t.equal(minute(7, 1234, 0), 0)
})

t.test('computers are spread evenly from the first minute to the last', async (t) => {
  const counts = Array.from({ length: 61 }, () => 0)
  for (let computer = 1; computer <= 61_000; computer++) counts[minute(3, computer, 60)]!++
  t.ok(counts.every((count) => count > 850 && count < 1150))
  const same = Array.from({ length: 1000 }, (_, id) => minute(1, id, 60) === minute(2, id, 60))
  t.ok(same.filter(Boolean).length < 50, 'another schedule spreads them in another way')
})

t.test('nobody starts when the window has closed, however short it is', async (t) => {
  const computers = Array.from({ length: 500 }, (_, computer) => computer)
  const latest = (start: string, length: number) => {
    const window = windowAt(start, length, 'Europe/Berlin')
    return Math.max(...computers.map((computer) => minute(1, computer, 60, window)))
  }
  t.equal(latest('2026-03-29T02:00', 61), 0) // a minute is left of it after the gap
  t.equal(latest('2026-11-24T22:00', 30), 29)
})
