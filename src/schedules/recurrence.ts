import { RRuleTemporal } from 'rrule-temporal'
import { clockMilliseconds, type LocalTime, localFromClock } from './local-time.ts'
import { type Rule, ruleOf } from './rule.ts'

/** One rule of a schedule (RFC 5545) and the local time of its first window (DTSTART). */
export type RecurrenceRule = { rrule: string; start: LocalTime }

/** When windows open, and for how many minutes of the clock; without a zone. */
export type Recurrence = { rules: readonly RecurrenceRule[]; length_minutes: number }

/**
 * How many periods of a rule may pass without a window before it counts as ended: the longest
 * search takes some milliseconds. They hold a 29 February, one on each weekday for YEARLY.
 */
const MOST_EMPTY_PERIODS = { DAILY: 1500, WEEKLY: 530, MONTHLY: 500, YEARLY: 40 }

/** No window starts after it. */
const END_OF_TIME = '2199-12-31T23:59'

/** A rule with COUNT must come to its end within this time, so that its end can be computed. */
const LONGEST_COUNT_YEARS = 20

/** The first local time after `after`, or at it if `inclusive`, at which a window starts. */
export function nextStart(
  rules: readonly RecurrenceRule[],
  after: LocalTime,
  inclusive = false,
): LocalTime | undefined {
  let first: LocalTime | undefined
  for (const rule of rules) {
    const start = nextOfRule(rule, after, inclusive)
    if (start && (first === undefined || start < first)) first = start
  }
  return first
}

/** The local starts from `from` on, in order, each once, as many as are taken. */
export function* startsFrom(rules: readonly RecurrenceRule[], from: LocalTime) {
  let start = nextStart(rules, from, true)
  while (start) {
    yield start
    start = nextStart(rules, start)
  }
}

/** The same recurrence with its windows at another time of day, and of another length. */
export const atTimeOfDay = (
  recurrence: Recurrence,
  time: string,
  length_minutes: number,
): Recurrence => ({
  rules: recurrence.rules.map(({ rrule, start }) => ({
    rrule,
    start: `${start.slice(0, 11)}${time}`,
  })),
  length_minutes,
})

/** Whether a rule's COUNT is reached soon enough to be computed. */
export const endsInTime = (rule: RecurrenceRule) => engineOf(rule).until !== 'unknown'

function nextOfRule(rule: RecurrenceRule, after: LocalTime, inclusive: boolean) {
  const engine = engineOf(rule)
  const next = search(engine, after, inclusive)
  return next && next <= (engine.until ?? END_OF_TIME) ? next : undefined
}

type Engine = { library: RRuleTemporal; until: LocalTime | 'unknown' | undefined }

// Making one costs more than asking it. What is stored never changes what an engine answers.
const engines = new Map<string, Engine>()
const MOST_ENGINES = 5000

function engineOf({ rrule, start }: RecurrenceRule): Engine {
  const key = `${start} ${rrule}`
  const known = engines.get(key)
  if (known) return known

  if (engines.size >= MOST_ENGINES) engines.clear()
  const rule = ruleOf(rrule)
  const engine: Engine = { library: libraryRule(rule, start), until: rule.until }
  if (rule.count !== undefined) engine.until = lastOfCount(engine, start, rule.count)
  engines.set(key, engine)
  return engine
}

/** The library computes in UTC, which stands for "no zone": every local time exists once. */
function libraryRule({ frequency, interval, by_day, numbers, week_start }: Rule, start: LocalTime) {
  return new RRuleTemporal({
    dtstart: asUtc(start),
    freq: frequency,
    interval,
    byDay: by_day.length > 0 ? by_day.map(({ nth, day }) => `${nth ?? ''}${day}`) : undefined,
    byMonth: numbers.BYMONTH,
    byMonthDay: numbers.BYMONTHDAY,
    byYearDay: numbers.BYYEARDAY,
    byHour: numbers.BYHOUR,
    byMinute: numbers.BYMINUTE,
    bySetPos: numbers.BYSETPOS,
    wkst: week_start,
    maxIterations: MOST_EMPTY_PERIODS[frequency],
    cache: false,
  })
}

/**
 * The library counts COUNT from the start at each question, as far as its bound lets it; so it is
 * counted here, once, and becomes an UNTIL.
 */
function lastOfCount(engine: Engine, start: LocalTime, count: number) {
  const latest = `${Number(start.slice(0, 4)) + LONGEST_COUNT_YEARS}${start.slice(4)}`
  let last = search(engine, start, true)
  for (let found = 1; last && found < count; found++) {
    const next = search(engine, last, false)
    if (!next) break
    if (next > latest) return 'unknown'
    last = next
  }
  return last
}

function search({ library }: Engine, after: LocalTime, inclusive: boolean) {
  try {
    const next = library.next(asUtc(after), inclusive)
    return next ? localFromClock(next.epochMilliseconds) : undefined
  } catch (error) {
    // The bound of the search, or a date past the end of the calendar.
    if (error instanceof RangeError || /^Maximum iterations/.test((error as Error).message))
      return undefined
    throw error
  }
}

const asUtc = (local: LocalTime) =>
  Temporal.Instant.fromEpochMilliseconds(clockMilliseconds(local)).toZonedDateTimeISO('UTC')
