import t from 'tap'
import { look } from '../../src/maintenance/scheduler.ts'
import { addComputers } from '../support/computers.ts'
import { listSessions, listWindows, lookAt } from '../support/maintenance.ts'
import { addSchedule } from '../support/schedules.ts'
import { ACME, START, world } from '../support/world.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** When the server comes back, from 21:59 on the first evening. */
const DOWNTIMES = [
  60_000,
  HOUR,
  5 * HOUR,
  DAY + HOUR,
  3 * DAY + HOUR / 2,
  10 * DAY + 5 * HOUR,
  400 * DAY,
]
const BEFORE = '2026-11-24T21:59:00.000Z'
const FIRST = Date.parse('2026-11-24T22:00:00.000Z')
const MOST_RECORDED = 50

/** What the windows of every night come to, by what docs/schedules.md says. */
function expected(back: number, missed: 'skip' | 'once' | 'all', overlap: 'skip' | 'queue') {
  const nights = Array.from(
    { length: Math.floor((back - FIRST) / DAY) + 1 },
    (_, n) => FIRST + n * DAY,
  )
  const isOpen = (at: number) => at + 4 * HOUR > back
  const gone = nights.filter((at) => !isOpen(at))
  const makeUp = gone.filter((at) => back - at <= 7 * DAY)
  const wanted =
    missed === 'all'
      ? makeUp
      : missed === 'once' && !nights.some(isOpen)
        ? makeUp.filter((at) => at === gone.at(-1))
        : []
  const runs = [...nights.filter(isOpen), ...wanted]
  const states = nights.map((at) => {
    const turn = runs.indexOf(at)
    if (turn === -1) return 'skipped'
    return turn === 0 ? 'open' : overlap === 'queue' ? 'queued' : 'skipped'
  })
  return states.slice(Math.max(0, gone.length - wanted.length - MOST_RECORDED))
}

for (const missed of ['skip', 'once', 'all'] as const)
  for (const overlap of ['skip', 'queue'] as const)
    t.test(`T29: after any downtime, missed: ${missed}, overlap: ${overlap}`, async (t) => {
      for (const downtime of DOWNTIMES) {
        const w = await world(t)
        await addComputers(w, ACME, ['ONE'])
        await addSchedule(w, ACME, { missed, overlap })
        for (const at of [START, BEFORE]) await lookAt(w, at)
        w.clock.now = new Date(Date.parse(BEFORE) + downtime).toISOString()
        await look(w.db)
        const windows = await listWindows(w)
        const states = windows.map(({ state }) => state)
        t.same(states, expected(Date.parse(w.clock.now), missed, overlap), `${downtime / HOUR} h`)
        t.equal((await listSessions(w)).length, states.filter((state) => state === 'open').length)
      }
    })

t.test('T29: windows beyond those that are recorded one by one are counted', async (t) => {
  const w = await world(t)
  await addComputers(w, ACME, ['ONE'])
  await addSchedule(w, ACME)
  await lookAt(w, START)
  await lookAt(w, '2027-11-24T12:00')
  const windows = await listWindows(w)
  t.equal(windows.length, 50)
  t.match(windows[0]?.reason, /So it was with 315 before it\./)
})
