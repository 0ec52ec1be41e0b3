import { type Day, DAYS, formatRule, parseRule, type Rule } from './rule.ts'

/** When a repeating rule ends: never, after a date (its last day), or after so many windows. */
type Ends = { ends_on?: string; ends_after?: number }

/** How often a schedule runs, as the form asks for it. */
export type Frequency =
  | { kind: 'once' }
  | ({ kind: 'daily'; every: number } & Ends)
  | ({ kind: 'weekly'; every: number; days: Day[] } & Ends)
  /** Days from 1 to 31; -1 is the last. A month that has no such day is skipped. */
  | ({ kind: 'monthly_day'; every: number; days: number[] } & Ends)
  | ({ kind: 'monthly_weekday'; every: number; nth: Nth; day: Day } & Ends)
  /** So many days (0 to 27) after the second Tuesday, on which Microsoft publishes its updates. */
  | ({ kind: 'patch_tuesday'; plus_days: number } & Ends)
  | { kind: 'custom'; rrule: string }

/** Which one of the weekdays of a month; -1 is the last. */
export const NTH = [1, 2, 3, 4, -1] as const
export type Nth = (typeof NTH)[number]

export const MOST_DAYS_AFTER_PATCH_TUESDAY = 27

/** The second Tuesday is one of the days 8 to 14. */
const PATCH_WEEK = [8, 9, 10, 11, 12, 13, 14]
const TUESDAY = DAYS.indexOf('TU')

/** The rule of a frequency. Of a custom one, the text as it was typed if it cannot be read. */
export function rruleOf(frequency: Frequency): string {
  if (frequency.kind === 'custom') {
    const parsed = parseRule(frequency.rrule)
    return parsed.ok ? formatRule(parsed.rule) : frequency.rrule
  }
  return formatRule(ruleOfFrequency(frequency))
}

/** The frequency that a rule stands for; custom when the form has no other words for it. */
export function frequencyOf(rrule: string): Frequency {
  const parsed = parseRule(rrule)
  const frequency = parsed.ok ? recognise(parsed.rule) : undefined
  // What does not lead back to the same rule, the form would change by being saved.
  return frequency && rruleOf(frequency) === rrule ? frequency : { kind: 'custom', rrule }
}

function ruleOfFrequency(frequency: Exclude<Frequency, { kind: 'custom' }>): Rule {
  const plain = { interval: 1, by_day: [], numbers: {} }
  if (frequency.kind === 'once') return { ...plain, frequency: 'DAILY', count: 1 }
  const rule = { ...plain, ...endOf(frequency) }
  switch (frequency.kind) {
    case 'daily':
      return { ...rule, frequency: 'DAILY', interval: frequency.every }
    case 'weekly': {
      const by_day = DAYS.filter((day) => frequency.days.includes(day)).map((day) => ({ day }))
      return { ...rule, frequency: 'WEEKLY', interval: frequency.every, by_day }
    }
    case 'monthly_day': {
      const BYMONTHDAY = [...new Set(frequency.days)].toSorted((a, b) => a - b)
      return { ...rule, frequency: 'MONTHLY', interval: frequency.every, numbers: { BYMONTHDAY } }
    }
    case 'monthly_weekday': {
      const by_day = [{ nth: frequency.nth, day: frequency.day }]
      return { ...rule, frequency: 'MONTHLY', interval: frequency.every, by_day }
    }
    case 'patch_tuesday':
      return { ...rule, ...afterPatchTuesday(frequency.plus_days) }
  }
}

/**
 * RRULE cannot add days to a day, but it can name the days that a second Tuesday plus n falls on:
 * one weekday, among seven days of the month. Where these reach past the end of a month, they are
 * days of the year: counted from its start for January and February, from its end for the months
 * behind 29 February; so no leap year moves them.
 */
function afterPatchTuesday(plus_days: number): Pick<Rule, 'frequency' | 'by_day' | 'numbers'> {
  const by_day = [{ day: DAYS[(TUESDAY + plus_days) % 7]! }]
  const days = PATCH_WEEK.map((day) => day + plus_days)
  if (days.at(-1)! <= 28) return { frequency: 'MONTHLY', by_day, numbers: { BYMONTHDAY: days } }

  const BYYEARDAY = Array.from({ length: 12 }, (_, month) => days.map((day) => yearDay(month, day)))
  return {
    frequency: 'YEARLY',
    by_day,
    numbers: { BYYEARDAY: BYYEARDAY.flat().toSorted((a, b) => a - b) },
  }
}

/** Days of a common year before each month. */
const DAYS_BEFORE = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334]

/** The BYYEARDAY of a day of a month (0 to 11), which may lie in the next month or year. */
function yearDay(month: number, day: number) {
  const inYear = DAYS_BEFORE[month]! + day
  if (month < 2) return inYear
  return inYear > 365 ? inYear - 365 : inYear - 366
}

/** The frequency that may stand for a rule: `frequencyOf` sees whether it leads back to it. */
function recognise(rule: Rule): Frequency | undefined {
  const { frequency, interval: every, by_day, numbers, count, until } = rule
  if (frequency === 'DAILY' && every === 1 && count === 1) return { kind: 'once' }
  const ends: Ends = {
    ...(until && { ends_on: until.slice(0, 10) }),
    ...(count && { ends_after: count }),
  }
  const [first] = by_day
  if (frequency === 'DAILY') return { kind: 'daily', every, ...ends }
  if (frequency === 'WEEKLY' && first)
    return { kind: 'weekly', every, days: by_day.map(({ day }) => day), ...ends }
  if (!first) return monthDays(rule, ends)
  const nth = NTH.find((known) => known === first.nth)
  if (nth) return { kind: 'monthly_weekday', every, nth, day: first.day, ...ends }
  const plus_days = daysAfterPatchTuesday(numbers)
  return plus_days < 0 ? undefined : { kind: 'patch_tuesday', plus_days, ...ends }
}

function monthDays({ interval: every, numbers }: Rule, ends: Ends): Frequency | undefined {
  const days = numbers.BYMONTHDAY
  if (!days?.every((day) => day >= -1)) return undefined
  return { kind: 'monthly_day', every, days, ...ends }
}

/** -1 when the days are not those of a Patch Tuesday. */
const daysAfterPatchTuesday = (numbers: Rule['numbers']) =>
  AFTER_PATCH_TUESDAY.indexOf(JSON.stringify(numbers))

function endOf({ ends_on, ends_after }: Ends) {
  return {
    ...(ends_after !== undefined && { count: ends_after }),
    ...(ends_on && { until: `${ends_on}T23:59` }),
  }
}

const AFTER_PATCH_TUESDAY = Array.from({ length: MOST_DAYS_AFTER_PATCH_TUESDAY + 1 }, (_, days) =>
  JSON.stringify(afterPatchTuesday(days).numbers),
)
