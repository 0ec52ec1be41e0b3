import { RRuleTemporal } from 'rrule-temporal'
import { clockMilliseconds, type LocalTime, localFromClock } from './local-time.ts'
import { type Rule, ruleOf } from './rule.ts'
import { nextOnYearDays } from './year-days.ts'

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

/** Whether a rule with COUNT comes to its end soon enough for that to be computed. */
export const endsInTime = (rule: RecurrenceRule) => engineOf(rule).until !== undefined

function nextOfRule(rule: RecurrenceRule, after: LocalTime, inclusive: boolean) {
  const { next, until } = engineOf(rule)
  const start = next(after, inclusive)
  return start && start <= (until ?? END_OF_TIME) ? start : undefined
}

type Next = (after: LocalTime, inclusive: boolean) => LocalTime | undefined

/** `until` is the last local time of a rule that ends; undefined also when COUNT is too large. */
type Engine = { next: Next; until: LocalTime | undefined }

// Making one costs more than asking it. What is stored never changes what an engine answers.
const engines = new Map<string, Engine>()
const MOST_ENGINES = 20_000

function engineOf({ rrule, start }: RecurrenceRule): Engine {
  const key = `${start} ${rrule}`
  const known = engines.get(key)
  if (known) return known

  if (engines.size >= MOST_ENGINES) engines.clear()
  const rule = ruleOf(rrule)
  const next = nextOf(rule, start)
  const engine = { next, until: rule.count ? lastOfCount(rule, start, next) : rule.until }
  engines.set(key, engine)
  return engine
}

function nextOf(rule: Rule, start: LocalTime): Next {
  if (rule.numbers.BYYEARDAY)
    return (after, inclusive) => nextOnYearDays(rule, start, after, inclusive)
  const library = new RRuleTemporal(libraryOptions(rule, start))
  return (after, inclusive) => search(library, after, inclusive)
}

/** The library computes in UTC, which stands for "no zone": every local time exists once. */
function libraryOptions(rule: Rule, start: LocalTime) {
  const { frequency, interval, by_day, numbers, week_start } = rule
  return {
    dtstart: Temporal.ZonedDateTime.from(`${start}[UTC]`),
    freq: frequency,
    interval,
    byDay: by_day.map(({ nth, day }) => `${nth ?? ''}${day}`),
    byMonth: numbers.BYMONTH,
    byMonthDay: numbers.BYMONTHDAY,
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
function lastOfCount(rule: Rule, start: LocalTime, next: Next) {
  const latest = `${Number(start.slice(0, 4)) + LONGEST_COUNT_YEARS[rule.frequency]}-12-31T23:59`
  let last = next(start, true)
  for (let count = 1; last && last <= latest && count < rule.count!; count++)
    last = next(last, false)
  return last && last <= latest ? last : undefined
}

function search(library: RRuleTemporal, after: LocalTime, inclusive: boolean) {
  try {
    const next = library.next(new Date(clockMilliseconds(after)), inclusive)
    return next ? localFromClock(next.epochMilliseconds) : undefined
  } catch (error) {
    if (isBoundOfSearch(error)) return undefined
    throw error
  }
}

const isBoundOfSearch = (error: unknown) =>
  error instanceof Error && error.message.startsWith('Maximum iterations')
