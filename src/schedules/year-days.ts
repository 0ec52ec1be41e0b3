import { type LocalTime, localFromClock } from './local-time.ts'
import { DAYS, type Rule } from './rule.ts'

const DAY_MS = 24 * 60 * 60_000

/** The Gregorian calendar holds each day of the year on each weekday within forty years. */
const MOST_EMPTY_YEARS = 40

/**
 * The next start of a rule with BYYEARDAY, which the schedules "Patch Tuesday plus 20 days" are
 * made of. The library takes a millisecond for it, and takes the days of BYDAY in addition, where
 * RFC 5545 wants BYDAY to limit those of BYYEARDAY.
 */
export function nextOnYearDays(
  rule: Rule,
  start: LocalTime,
  after: LocalTime,
  inclusive: boolean,
): LocalTime | undefined {
  const firstYear = Number(start.slice(0, 4))
  let year = Math.max(firstYear, Number(after.slice(0, 4)))
  year += (rule.interval - ((year - firstYear) % rule.interval)) % rule.interval
  const times = timesOfDay(rule, start)
  for (let empty = 0; empty < MOST_EMPTY_YEARS; empty++, year += rule.interval)
    for (const midnight of daysOf(rule, year))
      for (const time of times) {
        const local = `${localFromClock(midnight).slice(0, 11)}${time}`
        if (local >= start && (local > after || (inclusive && local === after))) return local
      }
}

function timesOfDay({ numbers: { BYHOUR, BYMINUTE } }: Rule, start: LocalTime) {
  const hours = BYHOUR?.map(twoDigits) ?? [start.slice(11, 13)]
  const minutes = BYMINUTE?.map(twoDigits) ?? [start.slice(14)]
  return hours.flatMap((hour) => minutes.map((minute) => `${hour}:${minute}`))
}

/** The midnights of the days of a year that are in the rule, in order, each once. */
function daysOf({ numbers, by_day }: Rule, year: number) {
  const [from, to] = [Date.UTC(year, 0, 1), Date.UTC(year + 1, 0, 1)]
  const weekdays = by_day.map(({ day }) => (DAYS.indexOf(day) + 1) % 7)
  const midnights = numbers
    .BYYEARDAY!.map((day) => (day > 0 ? from + (day - 1) * DAY_MS : to + day * DAY_MS))
    .filter((midnight) => {
      const date = new Date(midnight)
      const isMonth = numbers.BYMONTH?.includes(date.getUTCMonth() + 1) ?? true
      const isWeekday = weekdays.length === 0 || weekdays.includes(date.getUTCDay())
      return isMonth && isWeekday && midnight >= from && midnight < to
    })
  return [...new Set(midnights)].toSorted((a, b) => a - b)
}

const twoDigits = (value: number) => String(value).padStart(2, '0')
