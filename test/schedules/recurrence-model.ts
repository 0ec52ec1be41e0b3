import { DAYS, type Rule } from '../../src/schedules/rule.ts'

const DAY = 86_400_000

/**
 * What RFC 5545 says, day by day: looks at each day of each period, and asks of it every part of
 * the rule. Slow and plain. Gives the starts from `from` until `until`.
 */
export function modelStarts(rule: Rule, start: string, from: string, until: string): string[] {
  const starts: string[] = []
  const first = Date.parse(`${start}Z`)
  // Without COUNT what came before does not matter; a year holds every period of it.
  const begin =
    rule.count === undefined ? Math.max(first, Date.parse(`${from}Z`) - 366 * DAY) : first
  let day = startOfPeriod(rule, begin)
  while (day <= Date.parse(`${until}Z`)) {
    const end = endOfPeriod(rule, day)
    const isOn = periodsBetween(rule, startOfPeriod(rule, first), day) % rule.interval === 0
    if (isOn) starts.push(...periodStarts(rule, start, day, end).filter((at) => at >= start))
    day = end
  }
  return starts
    .filter((at) => !rule.until || at <= rule.until)
    .slice(0, rule.count)
    .filter((at) => at >= from && at <= until)
}

function periodStarts(rule: Rule, start: string, from: number, end: number) {
  const times: string[] = []
  for (let day = from; day < end; day += DAY)
    if (matches(rule, start, day))
      times.push(...timesOfDay(rule, start).map((time) => `${iso(day).slice(0, 11)}${time}`))
  const positions = rule.numbers.BYSETPOS
  if (!positions) return times
  return times.filter(
    (_, at) => positions.includes(at + 1) || positions.includes(at - times.length),
  )
}

function timesOfDay({ numbers }: Rule, start: string) {
  const hours = numbers.BYHOUR ?? [Number(start.slice(11, 13))]
  const minutes = numbers.BYMINUTE ?? [Number(start.slice(14, 16))]
  const two = (value: number) => String(value).padStart(2, '0')
  return hours.flatMap((hour) => minutes.map((minute) => `${two(hour)}:${two(minute)}`))
}

function matches(rule: Rule, start: string, day: number) {
  const { BYMONTH, BYMONTHDAY, BYYEARDAY } = rule.numbers
  const date = new Date(day)
  const [year, month, inMonth] = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()]
  const daysInMonth = new Date(Date.UTC(year, month, 0)).getUTCDate()
  const inYear = (Date.UTC(year, month - 1, inMonth) - Date.UTC(year, 0, 1)) / DAY + 1
  const daysInYear = (Date.UTC(year + 1, 0, 1) - Date.UTC(year, 0, 1)) / DAY
  if (BYMONTH && !BYMONTH.includes(month)) return false
  if (BYMONTHDAY && !hits(BYMONTHDAY, inMonth, daysInMonth)) return false
  if (BYYEARDAY && !hits(BYYEARDAY, inYear, daysInYear)) return false
  if (rule.by_day.length > 0) {
    const isYearly = rule.frequency === 'YEARLY' && !BYMONTH
    const [at, length] = isYearly ? [inYear, daysInYear] : [inMonth, daysInMonth]
    return rule.by_day.some(
      (wanted) => wanted.day === weekday(day) && (!wanted.nth || isNth(wanted.nth, at, length)),
    )
  }
  return Boolean(BYMONTHDAY ?? BYYEARDAY) || sameAsStart(rule, start, day)
}

/** Where no part says which days, the start does. */
function sameAsStart(rule: Rule, start: string, day: number) {
  if (rule.frequency === 'DAILY') return true
  if (rule.frequency === 'WEEKLY') return weekday(day) === weekday(Date.parse(`${start}Z`))
  const isDay = iso(day).slice(8, 10) === start.slice(8, 10)
  const isMonth = iso(day).slice(5, 7) === start.slice(5, 7)
  return isDay && (rule.frequency === 'MONTHLY' || rule.numbers.BYMONTH !== undefined || isMonth)
}

const isNth = (nth: number, at: number, length: number) =>
  nth > 0 ? Math.ceil(at / 7) === nth : Math.ceil((length - at + 1) / 7) === -nth

const hits = (wanted: number[], at: number, length: number) =>
  wanted.includes(at) || wanted.includes(at - length - 1)

const weekday = (day: number) => DAYS[(new Date(day).getUTCDay() + 6) % 7]!

const iso = (day: number) => new Date(day).toISOString()

function startOfPeriod({ frequency, week_start }: Rule, at: number) {
  const date = new Date(at)
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()]
  if (frequency === 'YEARLY') return Date.UTC(year, 0, 1)
  if (frequency === 'MONTHLY') return Date.UTC(year, month, 1)
  const day = Date.UTC(year, month, date.getUTCDate())
  if (frequency === 'DAILY') return day
  const since = (date.getUTCDay() + 6 - DAYS.indexOf(week_start ?? 'MO') + 7) % 7
  return day - since * DAY
}

function endOfPeriod({ frequency }: Rule, start: number) {
  const [year, month] = [new Date(start).getUTCFullYear(), new Date(start).getUTCMonth()]
  if (frequency === 'YEARLY') return Date.UTC(year + 1, 0, 1)
  if (frequency === 'MONTHLY') return Date.UTC(year, month + 1, 1)
  return start + (frequency === 'WEEKLY' ? 7 : 1) * DAY
}

function periodsBetween({ frequency }: Rule, first: number, second: number) {
  const [a, b] = [new Date(first), new Date(second)]
  const years = b.getUTCFullYear() - a.getUTCFullYear()
  if (frequency === 'YEARLY') return years
  if (frequency === 'MONTHLY') return years * 12 + b.getUTCMonth() - a.getUTCMonth()
  return (second - first) / (frequency === 'WEEKLY' ? 7 * DAY : DAY)
}
