import { RRuleTemporal } from 'rrule-temporal'
import { clockMilliseconds, type LocalTime, localFromClock } from './local-time.ts'
import { DAYS, type Rule, ruleOf } from './rule.ts'

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
export const END_OF_TIME = '2199-12-31T23:59'

/** A rule with COUNT must come to its end within so many years, for its end is computed. */
const LONGEST_COUNT_YEARS = { DAILY: 4, WEEKLY: 10, MONTHLY: 20, YEARLY: 20 }

/** The local starts from `from` on, in order, each once, as many as are taken. */
export function* startsFrom(rules: readonly RecurrenceRule[], from: LocalTime) {
  const heads = rules.map((rule) => ({ rule, next: nextOfRule(rule, from, true) }))
  for (;;) {
    let first: LocalTime | undefined
    for (const { next } of heads) if (next && (!first || next < first)) first = next
    if (!first) return

    yield first
    for (const head of heads)
      if (head.next === first) head.next = nextOfRule(head.rule, first, false)
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

/** Whether a rule with COUNT comes to its end soon enough for that to be computed. */
export const endsInTime = (rule: RecurrenceRule) => engineOf(rule).until !== undefined

function nextOfRule(rule: RecurrenceRule, after: LocalTime, inclusive: boolean) {
  const engine = engineOf(rule)
  let next = search(engine, after, inclusive)
  for (let days = 0; next && !isOnDay(engine, next); days++)
    next = days < MOST_FILTERED_DAYS ? search(engine, next, false) : undefined
  return next && next <= (engine.until ?? END_OF_TIME) ? next : undefined
}

type Engine = {
  library: RRuleTemporal
  /**
   * BYDAY beside BYYEARDAY, which the library adds to it, and RFC 5545 wants to limit it: the days
   * of the week, 0 for Sunday, that are left.
   */
  only_days: number[] | undefined
  /** The last local time of a rule that ends; undefined also when COUNT is too large. */
  until: LocalTime | undefined
}

/** No day of a year avoids a day of the week for longer: that is twelve years, around 2100. */
const MOST_FILTERED_DAYS = 12 * 366

// Making one costs more than asking it. What is stored never changes what an engine answers.
const engines = new Map<string, Engine>()
const MOST_ENGINES = 20_000

function engineOf({ rrule, start }: RecurrenceRule): Engine {
  const key = `${start} ${rrule}`
  const known = engines.get(key)
  if (known) return known

  if (engines.size >= MOST_ENGINES) engines.clear()
  const rule = ruleOf(rrule)
  const engine: Engine = {
    library: new RRuleTemporal(libraryOptions(rule, start)),
    only_days: rule.numbers.BYYEARDAY && rule.by_day.map(({ day }) => (DAYS.indexOf(day) + 1) % 7),
    until: rule.until,
  }
  if (rule.count !== undefined) engine.until = lastOfCount(engine, rule, start)
  engines.set(key, engine)
  return engine
}

const isOnDay = ({ only_days }: Engine, local: LocalTime) =>
  !only_days?.length || only_days.includes(new Date(clockMilliseconds(local)).getUTCDay())

/** The library computes in UTC, which stands for "no zone": every local time exists once. */
function libraryOptions(rule: Rule, start: LocalTime) {
  const { frequency, interval, by_day, numbers, week_start } = rule
  return {
    dtstart: asUtc(start),
    freq: frequency,
    interval,
    byDay: numbers.BYYEARDAY ? undefined : by_day.map(({ nth, day }) => `${nth ?? ''}${day}`),
    byMonth: numbers.BYMONTH,
    byMonthDay: numbers.BYMONTHDAY,
    byYearDay: numbers.BYYEARDAY,
    byHour: numbers.BYHOUR,
    byMinute: numbers.BYMINUTE,
    bySetPos: numbers.BYSETPOS,
    wkst: week_start,
    maxIterations: MOST_EMPTY_PERIODS[frequency],
    cache: false,
  }
}

/**
 * Asked for the next time, the library counts COUNT from the start, as far as its bound lets it;
 * so it is counted here, once, and becomes an UNTIL.
 */
function lastOfCount(engine: Engine, rule: Rule, start: LocalTime) {
  const years = LONGEST_COUNT_YEARS[rule.frequency]
  const latest = `${Number(start.slice(0, 4)) + years}${start.slice(4, 7)}-01T00:00`
  const count = engine.only_days?.length ? undefined : rule.count
  const bounds = { count, until: asUtc(latest), maxIterations: years * 366 }
  const starts = new RRuleTemporal({ ...libraryOptions(rule, start), ...bounds })
    .all()
    .map(({ epochMilliseconds }) => localFromClock(epochMilliseconds))
    .filter((local) => isOnDay(engine, local))
  return starts[rule.count! - 1]
}

function search({ library }: Engine, after: LocalTime, inclusive: boolean) {
  try {
    const next = library.next(new Date(clockMilliseconds(after)), inclusive)
    return next ? localFromClock(next.epochMilliseconds) : undefined
  } catch (error) {
    // The bound of the search, or a date past the end of the calendar.
    if (error instanceof RangeError || isBound(error)) return undefined
    throw error
  }
}

const isBound = (error: unknown) =>
  error instanceof Error && error.message.startsWith('Maximum iterations')

const asUtc = (local: LocalTime) => Temporal.ZonedDateTime.from(`${local}[UTC]`)
