import { deepStrictEqual as equal } from 'node:assert'
import t from 'tap'
import { type Decision, decideWindows, dueAndNext } from '../../src/schedules/catch-up.ts'
import { addElapsed, windowAt } from '../../src/schedules/windows.ts'

/** The windows that are to be decided now. */
const dueWindows = (...asked: Parameters<typeof dueAndNext>) => dueAndNext(...asked).due

const [MINUTE, HOUR, DAY] = [1, 60, 24 * 60]

/** Nightly from 22:00 for four hours; the last window that was seen opened on the 1st of June. */
const nightly = { rules: [{ rrule: 'FREQ=DAILY', start: '2025-01-01T22:00' }], length_minutes: 240 }
const LAST = '2025-06-01T22:00'
/** When the server went down: the window of the 1st had closed. */
const DOWN = '2025-06-02T21:59:00.000Z'

const DOWNTIMES = [
  1,
  5,
  30,
  2 * HOUR,
  239,
  4 * HOUR,
  5 * HOUR,
  DAY,
  3 * DAY,
  10 * DAY,
  45 * DAY,
  400 * DAY,
]
const WITHIN = [1, 7, 31]

/** A window that somebody ran for a long time. */
const RUNNING = {
  state: 'open',
  cause: 'run_now',
  starts_at: DOWN,
  ends_at: '2027-01-01T00:00:00.000Z',
}

/** What should become of the windows, said in the plainest way: night by night. */
function expected(
  now: string,
  missed: string,
  within_days: number,
  overlap: string,
  is_running: boolean,
) {
  const nights: { start: string; isOpen: boolean; age: number }[] = []
  for (let day = Date.parse('2025-06-02T22:00Z'); day <= Date.parse(now); day += DAY * 60_000) {
    const age = (Date.parse(now) - day) / 60_000
    nights.push({ start: new Date(day).toISOString().slice(0, 16), isOpen: age < 240, age })
  }
  const closed = nights.filter(({ isOpen }) => !isOpen)
  const inTime = closed.filter(({ age }) => age <= within_days * DAY)
  const isOpenNow = closed.length < nights.length
  const caughtUp =
    missed === 'all' ? inTime : missed === 'once' && !isOpenNow ? inTime.slice(-1) : []
  const running = [...nights.filter(({ isOpen }) => isOpen), ...caughtUp]
  const [first] = is_running ? [] : running
  return nights.map((night) => {
    if (night === first) return `${night.start} ${night.isOpen ? 'open' : 'catch_up'}`
    if (running.includes(night))
      return `${night.start} ${overlap === 'skip' ? 'skipped' : 'queued'}`
    return `${night.start} missed`
  })
}

for (const missed of ['skip', 'once', 'all'] as const)
  for (const overlap of ['skip', 'queue'] as const)
    t.test(
      `T29: after any downtime, ${missed} of what was missed, ${overlap} what overlaps`,
      async () => {
        for (const minutes of DOWNTIMES)
          for (const within_days of WITHIN)
            for (const is_running of [false, true]) {
              const now = addElapsed(DOWN, minutes)
              const due = dueWindows(nightly, 'UTC', { since: DOWN, last_start: LAST, now })
              const decisions = decideWindows(due, {
                now,
                missed,
                within_days,
                overlap,
                unfinished: is_running ? [RUNNING] : [],
              })
              equal(
                decisions.map(({ window, outcome }) => `${window.start} ${outcome}`),
                expected(now, missed, within_days, overlap, is_running),
                `${minutes} minutes, within ${within_days} days, running: ${is_running}`,
              )
            }
      },
    )

const decide = (now: string, policy: object = {}) =>
  decideWindows(dueWindows(nightly, 'UTC', { since: DOWN, last_start: LAST, now }), {
    now,
    missed: 'all',
    within_days: 3,
    overlap: 'queue',
    unfinished: [],
    ...policy,
  })
const brief = ({ window, outcome, reason, closes_at }: Decision) =>
  [window.start.slice(5, 10), outcome, reason, closes_at].filter(Boolean).join(' ')

t.test('each decision says why, and until when', async (t) => {
  const now = '2025-06-07T23:00:00.000Z'
  t.same(decide(now).map(brief), [
    '06-02 missed too_long_ago',
    '06-03 missed too_long_ago',
    '06-04 missed too_long_ago',
    '06-05 queued overlap',
    '06-06 queued overlap',
    '06-07 open 2025-06-08T02:00:00.000Z',
  ])
  t.same(decide(now, { missed: 'once' }).map(brief).slice(-2), [
    '06-06 missed made_up_for',
    '06-07 open 2025-06-08T02:00:00.000Z',
  ])
  t.same(decide('2025-06-04T12:00:00.000Z', { missed: 'once' }).map(brief), [
    '06-02 missed made_up_for',
    '06-03 catch_up 2025-06-04T16:00:00.000Z',
  ])
  t.same(
    decide(now, { missed: 'skip', unfinished: [RUNNING] })
      .map(brief)
      .slice(-2),
    ['06-06 missed not_caught_up', '06-07 queued overlap 2025-06-08T02:00:00.000Z'],
  )
})

t.test('a loop that comes a few minutes late has missed nothing', async (t) => {
  const short = windowAt('2026-03-29T02:00', 61, 'Europe/Berlin') // one minute, after the gap
  const decided = (late: number) => {
    const now = addElapsed(short.opens_at, late)
    const policy = { missed: 'skip', within_days: 1, overlap: 'skip', unfinished: [] } as const
    return decideWindows([short], { now, ...policy }).map(brief)
  }
  t.same(decided(0), ['03-29 open 2026-03-29T01:01:00.000Z'])
  t.same(decided(5), ['03-29 open 2026-03-29T01:06:00.000Z'])
  t.same(decided(6), ['03-29 missed not_caught_up'])
})

t.test('a clock that goes back, and a move to another zone, bring no window back', async (t) => {
  const due = (zone: string, since: string, now: string) =>
    dueWindows(nightly, zone, { since, last_start: LAST, now }).map(({ start }) => start)
  const opened = '2025-06-01T22:00:00.000Z'
  t.same(due('UTC', opened, '2025-05-31T22:30:00.000Z'), [])
  t.same(due('UTC', '2025-05-31T22:00:00.000Z', '2025-06-02T12:00:00.000Z'), [])
  t.same(due('America/New_York', opened, '2025-06-02T12:00:00.000Z'), [])
  t.same(due('America/New_York', opened, '2025-06-03T02:00:00.000Z'), ['2025-06-02T22:00'])
  t.same(due('Pacific/Kiritimati', opened, '2025-06-02T08:00:00.000Z'), ['2025-06-02T22:00'])
})

t.test('what lies further back than 400 days is forgotten', async (t) => {
  const since = '2020-01-01T00:00:00.000Z'
  const rules = [{ rrule: 'FREQ=DAILY', start: '2020-01-01T22:00' }]
  const now = addElapsed(since, 900 * DAY + MINUTE)
  t.equal(dueWindows({ rules, length_minutes: 60 }, 'UTC', { since, now }).length, 400)
})

t.test('detection ahead opens each window that runs after the one before it', async (t) => {
  const now = '2025-06-02T20:00:00.000Z'
  const until = addElapsed(now, 3 * DAY)
  const due = dueWindows(nightly, 'UTC', { since: DOWN, last_start: LAST, now: until })
  const open = ['06-02', '06-03', '06-04'].map((day, n) => {
    return `${day} open 2025-06-0${n + 3}T02:00:00.000Z`
  })
  const policy = { missed: 'skip', within_days: 1, overlap: 'skip', unfinished: [] } as const
  t.same(decideWindows(due, { now, ...policy }).map(brief), open)
  const first = { ...RUNNING, cause: 'due', starts_at: '2025-06-02T22:00:00.000Z' }
  const unfinished = [{ ...first, ends_at: '2025-06-03T02:00:00.000Z' }]
  t.same(decideWindows(due.slice(1), { now, ...policy, unfinished }).map(brief), open.slice(1))
})

t.test('found ahead, windows that overlap are skipped or queued, and others are not', async (t) => {
  const long = { ...nightly, length_minutes: DAY + HOUR }
  const now = '2025-06-02T20:00:00.000Z'
  const span = { since: DOWN, last_start: LAST, now: addElapsed(now, 3 * DAY) }
  const outcomes = (overlap: 'skip' | 'queue') =>
    decideWindows(dueWindows(long, 'UTC', span), {
      now,
      missed: 'skip',
      within_days: 1,
      overlap,
      unfinished: [],
    }).map(({ outcome }) => outcome)
  t.same(outcomes('skip'), ['open', 'skipped', 'open'])
  t.same(outcomes('queue'), ['open', 'queued', 'queued'])
})

t.test('a window that is still to come makes up for none that was missed', async (t) => {
  const due = dueWindows(nightly, 'UTC', {
    since: DOWN,
    last_start: LAST,
    now: '2025-06-03T22:00:00.000Z',
  })
  const now = '2025-06-03T09:00:00.000Z'
  const policy = { missed: 'once', within_days: 7, overlap: 'skip', unfinished: [] } as const
  t.same(decideWindows(due, { now, ...policy }).map(brief), [
    '06-02 catch_up 2025-06-03T13:00:00.000Z',
    '06-03 open 2025-06-04T02:00:00.000Z',
  ])
})

t.test('a window in its time does not wait for those that are to be caught up with', async (t) => {
  const queued = { state: 'queued', cause: 'caught_up', starts_at: LAST, ends_at: LAST }
  const policy = { missed: 'all', unfinished: [queued] }
  t.same(decide('2025-06-03T22:00:00.000Z', policy).map(brief), [
    '06-02 queued overlap',
    '06-03 open 2025-06-04T02:00:00.000Z',
  ])
})

t.test('of more windows than can be looked at, the last are', async (t) => {
  const rules = [0, 1, 2, 3].map((hour) => ({
    rrule: `FREQ=DAILY;BYHOUR=${[0, 4, 8, 12, 16, 20].map((at) => at + hour).join()}`,
    start: `2025-01-01T0${hour}:00`,
  }))
  const span = { since: '2026-01-01T00:00:00.000Z', now: '2026-11-24T09:30:00.000Z' }
  const { due, next } = dueAndNext({ rules, length_minutes: 60 }, 'UTC', span)
  t.equal(due.length, 5000)
  t.equal(due.at(-1)?.start, '2026-11-24T09:00')
  t.equal(next?.start, '2026-11-24T10:00')
})
