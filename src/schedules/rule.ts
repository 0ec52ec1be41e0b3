import type { LocalTime } from './local-time.ts'

export const DAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'] as const
export type Day = (typeof DAYS)[number]

const FREQUENCIES = ['DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'] as const
type RuleFrequency = (typeof FREQUENCIES)[number]

/** A weekday, or the n-th one of its month (of its year, for YEARLY without BYMONTH). */
export type ByDay = { day: Day; nth?: number }

/** A recurrence rule of RFC 5545 §3.3.10, as far as it makes sense for maintenance. */
export type Rule = {
  frequency: RuleFrequency
  interval: number
  by_day: ByDay[]
  /** The parts that are lists of numbers, in ascending order; a part that is missing is not here. */
  numbers: Partial<Record<NumberPart, number[]>>
  week_start?: Day
  count?: number
  /** The last local time at which a window may start. */
  until?: LocalTime
}

/** The largest value of each list of numbers; whether it also counts from the end, as -1 does. */
const NUMBER_PARTS = {
  BYMONTH: { min: 1, max: 12, signed: false },
  BYYEARDAY: { min: 1, max: 366, signed: true },
  BYMONTHDAY: { min: 1, max: 31, signed: true },
  BYHOUR: { min: 0, max: 23, signed: false },
  BYMINUTE: { min: 0, max: 59, signed: false },
  BYSETPOS: { min: 1, max: 366, signed: true },
} as const
export type NumberPart = keyof typeof NUMBER_PARTS

/** The longest interval of each frequency: about a year, or ten. */
const LONGEST_INTERVAL = { DAILY: 366, WEEKLY: 104, MONTHLY: 60, YEARLY: 10 }
const MOST_OCCURRENCES = 1000
const MOST_A_DAY = 6
const LONGEST_TEXT = 1000

/** What is wrong with the text of a rule, in words for whoever typed it. */
class RuleProblem extends Error {}

/** Reads the text of a rule. The first thing that is wrong with it is said in `message`. */
export function parseRule(text: string): { ok: true; rule: Rule } | { ok: false; message: string } {
  try {
    const rule = readParts(splitParts(text))
    refuseCombinations(rule)
    return { ok: true, rule }
  } catch (error) {
    if (error instanceof RuleProblem) return { ok: false, message: error.message }
    throw error
  }
}

/** The rule of a text that was checked when it was saved. */
export function ruleOf(text: string): Rule {
  const parsed = parseRule(text)
  if (!parsed.ok) throw new Error(`the stored rule ${text}: ${parsed.message}`)
  return parsed.rule
}

/** The text of a rule: always the same one for the same rule. */
export function formatRule(rule: Rule): string {
  const numbers = Object.keys(NUMBER_PARTS)
    .map((part) => ({ part, list: rule.numbers[part as NumberPart] }))
    .filter(({ list }) => list !== undefined)
    .map(({ part, list }) => `${part}=${list!.join(',')}`)
  return [
    `FREQ=${rule.frequency}`,
    rule.interval > 1 && `INTERVAL=${rule.interval}`,
    rule.by_day.length > 0 &&
      `BYDAY=${rule.by_day.map(({ nth, day }) => `${nth ?? ''}${day}`).join(',')}`,
    ...numbers,
    rule.week_start && `WKST=${rule.week_start}`,
    rule.count !== undefined && `COUNT=${rule.count}`,
    rule.until && `UNTIL=${rule.until.replaceAll(/[-:]/g, '')}00`,
  ]
    .filter(Boolean)
    .join(';')
}

function splitParts(text: string) {
  if (text.length > LONGEST_TEXT) throw new RuleProblem(`Use ${LONGEST_TEXT} characters or fewer.`)
  const parts = new Map<string, string>()
  for (const part of text
    .trim()
    .toUpperCase()
    .replace(/^RRULE:/, '')
    .split(';')) {
    const [name, value, ...rest] = part.split('=')
    if (!name || !value || rest.length > 0)
      throw new RuleProblem(
        `"${part.slice(0, 40)}" is not a part of a rule. Write it as FREQ=DAILY;INTERVAL=2.`,
      )
    if (parts.has(name)) throw new RuleProblem(`${name} stands there twice.`)
    parts.set(name, value)
  }
  return parts
}

function readParts(parts: Map<string, string>): Rule {
  const rule: Rule = { frequency: readFrequency(parts), interval: 1, by_day: [], numbers: {} }
  for (const [name, value] of parts) {
    if (name === 'FREQ') continue
    else if (name in NUMBER_PARTS)
      rule.numbers[name as NumberPart] = readNumbers(name as NumberPart, value)
    else if (name === 'BYDAY') rule.by_day = readDays(value)
    else if (name === 'INTERVAL')
      rule.interval = readWhole(name, value, LONGEST_INTERVAL[rule.frequency])
    else if (name === 'COUNT') rule.count = readWhole(name, value, MOST_OCCURRENCES)
    else if (name === 'UNTIL') rule.until = readUntil(value)
    else if (name === 'WKST') rule.week_start = readDay(value)
    else throw new RuleProblem(unknownPart(name))
  }
  return rule
}

function unknownPart(name: string) {
  if (name === 'BYSECOND') return 'A window starts on a full minute: leave BYSECOND out.'
  if (name === 'BYWEEKNO') return 'Weeks are not counted here: use BYMONTH or BYYEARDAY.'
  if (['DTSTART', 'TZID'].includes(name)) return `Leave ${name} out: the schedule has its own.`
  return `There is no part ${name.slice(0, 40)} in a rule.`
}

function readFrequency(parts: Map<string, string>): RuleFrequency {
  const text = parts.get('FREQ')
  if (text === undefined) throw new RuleProblem('A rule needs FREQ, such as FREQ=DAILY.')
  if (['SECONDLY', 'MINUTELY', 'HOURLY'].includes(text))
    throw new RuleProblem(`Maintenance runs at most ${MOST_A_DAY} times a day: use FREQ=DAILY.`)
  const frequency = FREQUENCIES.find((known) => known === text)
  if (!frequency) throw new RuleProblem('FREQ is one of DAILY, WEEKLY, MONTHLY and YEARLY.')
  return frequency
}

function readWhole(name: string, text: string, max: number) {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : 0
  if (value >= 1 && value <= max) return value
  const instead = name === 'COUNT' && text !== '0' ? ' For more, end it on a date with UNTIL.' : ''
  throw new RuleProblem(`${name} is a whole number from 1 to ${max}.${instead}`)
}

function readNumbers(part: NumberPart, text: string) {
  const { min, max, signed } = NUMBER_PARTS[part]
  const values = text.split(',').map((item) => {
    const value = /^[+-]?\d{1,3}$/.test(item) ? Number(item) : Number.NaN
    const inRange = Math.abs(value) >= min && Math.abs(value) <= max
    if (!inRange || (value < 0 && !signed))
      throw new RuleProblem(
        `${part} takes whole numbers from ${min} to ${max}` +
          (signed ? `, or from -${max} to -${min}.` : '.'),
      )
    return value
  })
  return [...new Set(values)].toSorted((a, b) => a - b)
}

function readDays(text: string): ByDay[] {
  const days = text.split(',').map((item) => {
    const [, number, name] = /^([+-]?\d{1,2})?([A-Z]{2})$/.exec(item) ?? []
    const day = readDay(name ?? item)
    if (number === undefined) return { day }
    const nth = Number(number)
    if (nth === 0 || Math.abs(nth) > 53)
      throw new RuleProblem(`"${item}" is not a weekday of a month or a year.`)
    return { nth, day }
  })
  const order = ({ nth, day }: ByDay) => (nth ?? 0) * 7 + DAYS.indexOf(day)
  const unique = new Map(days.map((item) => [`${item.nth ?? ''}${item.day}`, item]))
  return [...unique.values()].toSorted((a, b) => order(a) - order(b))
}

function readDay(text: string): Day {
  const day = DAYS.find((known) => known === text)
  if (!day) throw new RuleProblem(`A day is one of ${DAYS.join(', ')}, not "${text.slice(0, 40)}".`)
  return day
}

function readUntil(text: string): LocalTime {
  const [, year, month, day, hour, minute, utc] =
    /^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)\d\d(Z)?)?$/.exec(text) ?? []
  // With a schedule that runs in many zones, UTC would end it at another hour in each.
  if (utc) throw new RuleProblem('UNTIL is a local time: leave the Z at its end out.')
  try {
    const date = Temporal.PlainDate.from(`${year}-${month}-${day}`)
    const time = Temporal.PlainTime.from(hour ? `${hour}:${minute}` : '23:59')
    return date.toPlainDateTime(time).toString({ smallestUnit: 'minute' })
  } catch {
    throw new RuleProblem('UNTIL is a date such as 20271231.')
  }
}

function refuseCombinations({ frequency, by_day, numbers, count, until }: Rule) {
  const refuse = (wrong: boolean | undefined, message: string) => {
    if (wrong) throw new RuleProblem(message)
  }
  const slots = (numbers.BYHOUR?.length ?? 1) * (numbers.BYMINUTE?.length ?? 1)
  const most = { MONTHLY: 5, YEARLY: 53 }[frequency as string] ?? 0
  refuse(count !== undefined && until !== undefined, 'Use either COUNT or UNTIL, not both.')
  refuse(slots > MOST_A_DAY, `Maintenance runs at most ${MOST_A_DAY} times a day.`)
  refuse(
    by_day.some(({ nth }) => Math.abs(nth ?? 0) > most),
    most === 0
      ? `A number before a weekday, as in 2TU, needs FREQ=MONTHLY or FREQ=YEARLY.`
      : `No ${frequency === 'MONTHLY' ? 'month' : 'year'} has that many of one weekday.`,
  )
  refuse(numbers.BYYEARDAY && frequency !== 'YEARLY', 'BYYEARDAY needs FREQ=YEARLY.')
  refuse(
    numbers.BYMONTHDAY && ['DAILY', 'WEEKLY'].includes(frequency),
    'BYMONTHDAY needs FREQ=MONTHLY or FREQ=YEARLY.',
  )
  refuse(numbers.BYSETPOS && frequency === 'DAILY', 'BYSETPOS needs more than FREQ=DAILY.')
  refuse(
    numbers.BYSETPOS && by_day.length === 0 && Object.keys(numbers).length === 1,
    'BYSETPOS chooses among days: it needs BYDAY or another part beside it.',
  )
  refuse(
    numbers.BYYEARDAY && Boolean(numbers.BYMONTHDAY ?? numbers.BYSETPOS),
    'BYYEARDAY cannot stand beside BYMONTHDAY or BYSETPOS.',
  )
  refuse(
    by_day.some(({ nth }) => nth) && Boolean(numbers.BYMONTHDAY ?? numbers.BYYEARDAY),
    'A number before a weekday, as in 2TU, cannot stand beside BYMONTHDAY or BYYEARDAY.',
  )
}
