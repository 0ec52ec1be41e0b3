import { deepStrictEqual as equal } from 'node:assert'
import t from 'tap'
import { addMinutes } from '../../src/schedules/local-time.ts'
import {
  clockChangeInWords,
  nextWindow,
  windowAt,
  windowsBetween,
  windowsOpening,
} from '../../src/schedules/windows.ts'
import { MINUTE, reached, transitionsOf, type Walk, walk, ZONES } from './oracle.ts'

const HOUR = 60 * MINUTE
const LENGTHS = [30, 60, 90, 4 * 60]

/** All transitions where many rounds are asked for; else one in three, and every odd one. */
const IS_WHOLE = process.env.TENANTRY_TEST_ROUNDS !== undefined
const isTested = (zone: string, index: number) =>
  IS_WHOLE ||
  index % 3 === 0 ||
  ['Pacific/Apia', 'America/Sao_Paulo', 'Africa/Cairo'].includes(zone)

const iso = (at: number) => new Date(at).toISOString()

/** What the walk says of a window: it opens and closes when the clock comes there. */
function expected(minutes: Walk, start: string, length: number) {
  const opens = reached(minutes, start)!
  const closes = reached(minutes, addMinutes(start, length))!
  return { opens_at: iso(opens), closes_at: iso(closes > opens ? closes : opens + length * MINUTE) }
}

/** Local times in the gap or the overlap, at its edges, a minute beside them, and around it. */
function startsAround(minutes: Walk, transition: number) {
  const before = minutes.find(({ at }) => at === transition - MINUTE)!.clock
  const after = minutes.find(({ at }) => at === transition)!.clock
  const [low, high] = before < after ? [before, after] : [after, before]
  const edges = [low, high].flatMap((edge) =>
    [-2, -1, 0, 1, 2].map((step) => addMinutes(edge, step)),
  )
  const steps = Array.from({ length: 12 }, (_, step) => addMinutes(low, step * 17 - 60))
  return [...new Set([...edges, ...steps])].toSorted()
}

for (const zone of ZONES)
  t.test(`T27: a window around each clock change of ${zone} opens as the clock says`, async () => {
    for (const [index, transition] of transitionsOf(zone).entries()) {
      if (!isTested(zone, index)) continue
      const reach = zone === 'Pacific/Apia' ? 30 * HOUR : 9 * HOUR
      const minutes = walk(zone, transition - reach, transition + reach)
      for (const start of startsAround(minutes, transition))
        for (const length of LENGTHS) {
          const { opens_at, closes_at } = windowAt(start, length, zone)
          equal({ opens_at, closes_at }, expected(minutes, start, length), `${zone} ${start}`)
        }
    }
  })

/** The windows of a night of which the clock comes to the start and the end during the walk. */
function expectedNights(minutes: Walk, date: string, time: string, length: number) {
  const nights = [-3, -2, -1, 0, 1, 2].map((day) => addMinutes(`${date}T${time}`, day * 24 * 60))
  return nights
    .filter((night) => reached(minutes, addMinutes(night, length)) !== undefined)
    .map((night) => ({ start: night, ...expected(minutes, night, length) }))
}

t.test('T27: a nightly schedule runs every night, once, whatever the clock does', async () => {
  const isTaken = (zone: string, index: number) => IS_WHOLE || (index + zone.length) % 8 === 0
  for (const zone of ZONES)
    for (const [index, transition] of transitionsOf(zone).entries()) {
      if (!isTaken(zone, index) && zone !== 'Pacific/Apia') continue
      const minutes = walk(zone, transition - 33 * HOUR, transition + 33 * HOUR)
      const [date, time] = minutes.find(({ at }) => at === transition)!.clock.split('T')
      const start = addMinutes(`${date}T${time}`, -30).slice(11)
      const rules = [{ rrule: 'FREQ=DAILY', start: `1999-12-31T${start}` }]
      const [after, until] = [iso(transition - 30 * HOUR), iso(transition + 30 * HOUR)]
      const found = windowsOpening({ rules, length_minutes: 45 }, zone, { after, until, limit: 9 })
      equal(
        found.map(({ start, opens_at, closes_at }) => ({ start, opens_at, closes_at })),
        expectedNights(minutes, date!, start, 45).filter(
          ({ opens_at }) => opens_at > after && opens_at <= until,
        ),
        `${zone} ${date}`,
      )
    }
})

const berlin = (start: string, length: number) => {
  const { opens_at, closes_at, clock_changes } = windowAt(start, length, 'Europe/Berlin')
  return [opens_at, closes_at, ...clock_changes.map(clockChangeInWords)]
}

t.test('a window says what daylight saving does to it', async (t) => {
  const [gap, twice] = ['2026-03-29', '2026-10-25']
  t.same(berlin('2026-11-24T22:00', 240), ['2026-11-24T21:00:00.000Z', '2026-11-25T01:00:00.000Z'])
  t.same(berlin(`${gap}T02:30`, 240), [
    '2026-03-29T01:00:00.000Z',
    '2026-03-29T04:30:00.000Z',
    'Starts late: the clock goes forward.',
    '30 minutes shorter than the clock says.',
  ])
  t.same(berlin(`${gap}T02:05`, 45), [
    '2026-03-29T01:00:00.000Z',
    '2026-03-29T01:45:00.000Z',
    'Starts when the clock has gone forward, and keeps its length.',
  ])
  t.same(berlin(`${twice}T02:30`, 240).slice(2), [
    'This time happens twice: the first is taken.',
    'An hour longer than the clock says.',
  ])
  t.same(berlin(`${twice}T02:00`, 30).slice(2), ['This time happens twice: the first is taken.'])
  t.same(berlin(`${twice}T03:00`, 30).slice(2), [])
  t.same(berlin(`${gap}T00:00`, 240).slice(2), ['An hour shorter than the clock says.'])
})

const nightly = { rules: [{ rrule: 'FREQ=DAILY', start: '2026-11-01T22:00' }], length_minutes: 240 }
const starts = (windows: { start: string }[]) => windows.map(({ start }) => start)

t.test('the windows between two instants are those that are open then', async (t) => {
  const between = (from: string, to: string, limit = 9) =>
    starts(windowsBetween(nightly, 'UTC', { from, to, limit }))
  t.same(between('2026-11-24T01:59:00.000Z', '2026-11-24T22:00:00.000Z'), ['2026-11-23T22:00'])
  t.same(between('2026-11-24T02:00:00.000Z', '2026-11-24T22:00:00.001Z'), ['2026-11-24T22:00'])
  t.same(between('2026-11-24T02:00:00.000Z', '2026-11-24T22:00:00.000Z'), [])
  t.same(between('2026-10-01T00:00:00.000Z', '2027-11-24T22:00:00.000Z', 1), ['2026-11-01T22:00'])
})

t.test('a window that daylight saving makes longer is open until its end', async (t) => {
  const rules = [{ rrule: 'FREQ=DAILY', start: '2026-10-01T00:00' }]
  const range = { from: '2026-10-25T02:30:00.000Z', to: '2026-10-25T02:31:00.000Z', limit: 9 }
  const open = windowsBetween({ rules, length_minutes: 240 }, 'Europe/Berlin', range)
  t.same(starts(open), ['2026-10-25T00:00'])
})

t.test('the next window is one that opens later, and keeps its name in another zone', async (t) => {
  const next = (zone: string, after: string) => nextWindow(nightly, zone, after)
  t.match(next('Pacific/Kiritimati', '2026-11-24T08:00:00.000Z'), { start: '2026-11-25T22:00' })
  t.match(next('Pacific/Kiritimati', '2026-11-24T07:59:59.999Z'), { start: '2026-11-24T22:00' })
  t.match(next('America/New_York', '2026-11-24T08:00:00.000Z'), {
    start: '2026-11-24T22:00',
    opens_at: '2026-11-25T03:00:00.000Z',
  })
})

t.test('several rules make one schedule, and a start that two of them name is one', async (t) => {
  const rules = [
    { rrule: 'FREQ=WEEKLY;BYDAY=MO', start: '2026-11-02T22:00' },
    { rrule: 'FREQ=MONTHLY;BYMONTHDAY=30', start: '2026-11-01T22:00' },
    { rrule: 'FREQ=DAILY;COUNT=1', start: '2026-12-01T03:00' },
  ]
  const range = { from: '2026-11-20T00:00:00.000Z', to: '2026-12-08T00:00:00.000Z', limit: 9 }
  t.same(starts(windowsBetween({ rules, length_minutes: 60 }, 'UTC', range)), [
    '2026-11-23T22:00',
    '2026-11-30T22:00',
    '2026-12-01T03:00',
    '2026-12-07T22:00',
  ])
})
