import { type Frequency, frequencyOf } from './frequency.ts'
import type { Recurrence, RecurrenceRule } from './recurrence.ts'
import { type Day, DAYS } from './rule.ts'

export const DAY_NAMES = {
  MO: 'Monday',
  TU: 'Tuesday',
  WE: 'Wednesday',
  TH: 'Thursday',
  FR: 'Friday',
  SA: 'Saturday',
  SU: 'Sunday',
}

export const ORDINALS = { 1: 'first', 2: 'second', 3: 'third', 4: 'fourth', [-1]: 'last' }

/** "Every Monday and Friday at 22:00 for 4 hours (to 02:00 the next day)". */
export const recurrenceInWords = ({ rules, length_minutes }: Recurrence) =>
  joined(rules.map((rule) => ruleInWords(rule, length_minutes)))

const joined = (sentences: string[]) =>
  sentences.map((words, index) => (index > 0 ? lowerFirst(words) : words)).join('; and ')

/** "Every Monday and Friday at 22:00": when windows open, without how long for. */
export const startsInWords = (rules: readonly RecurrenceRule[]) =>
  joined(rules.map((rule) => ruleInWords(rule, null)))

/** "3 hours 30 minutes", "1 day 2 hours". */
export function durationInWords(minutes: number) {
  const parts = [
    [Math.floor(minutes / 1440), 'day'],
    [Math.floor(minutes / 60) % 24, 'hour'],
    [minutes % 60, 'minute'],
  ] as const
  return parts
    .filter(([count]) => count > 0)
    .map(([count, unit]) => plural(count, unit))
    .join(' ')
}

function ruleInWords({ rrule, start }: RecurrenceRule, length_minutes: number | null) {
  const frequency = frequencyOf(rrule)
  const [date, time] = start.split('T') as [string, string]
  const length = length_minutes === null ? '' : lengthInWords(rrule, time, length_minutes)
  if (frequency.kind === 'once') return `Once on ${date} at ${time}${length}`
  if (frequency.kind === 'custom') return `By the rule ${customInWords(rrule, time)}${length}`
  return `${frequencyInWords(frequency)} at ${time}${length}${endInWords(frequency)}`
}

/** " for 4 hours (to 02:00 the next day)", by the clock on the wall. */
function lengthInWords(rrule: string, time: string, minutes: number) {
  const words = ` for ${durationInWords(minutes)}`
  if (saysItsTimes(rrule)) return words
  const end = Number(time.slice(0, 2)) * 60 + Number(time.slice(3)) + minutes
  const clock = [Math.floor(end / 60) % 24, end % 60].map((part) => String(part).padStart(2, '0'))
  const days = Math.floor(end / 1440)
  const later = days === 0 ? '' : days === 1 ? ' the next day' : `, ${days} days later`
  return `${words} (to ${clock.join(':')}${later})`
}

const saysItsTimes = (rrule: string) => /BY(HOUR|MINUTE)=/.test(rrule)

/** A rule of one's own may say at which times itself. */
const customInWords = (rrule: string, time: string) =>
  saysItsTimes(rrule) ? rrule : `${rrule} at ${time}`

function frequencyInWords(frequency: Exclude<Frequency, { kind: 'once' | 'custom' }>) {
  switch (frequency.kind) {
    case 'daily':
      return every(frequency.every, 'day')
    case 'weekly':
      return weeklyInWords(frequency.every, frequency.days)
    case 'monthly_day':
      return monthDaysInWords(frequency.every, frequency.days)
    case 'monthly_weekday':
      return onDay(frequency.every, `${ORDINALS[frequency.nth]} ${DAY_NAMES[frequency.day]}`)
    case 'patch_tuesday':
      return patchTuesdayInWords(frequency.plus_days)
  }
}

function weeklyInWords(weeks: number, days: Day[]) {
  if (weeks > 1) return `Every ${weeks} weeks on ${list(days.map((day) => DAY_NAMES[day]))}`
  if (days.length === 7) return 'Every day of the week'
  if (days.join() === DAYS.slice(0, 5).join()) return 'Every Monday to Friday'
  return `Every ${list(days.map((day) => DAY_NAMES[day]))}`
}

function monthDaysInWords(months: number, days: number[]) {
  // The last day is -1 and stands before the others; it is said after them.
  const named = days.filter((day) => day > 0).map(ordinalNumber)
  if (days.includes(-1)) named.push('last day')
  const isSkipped = days.some((day) => day > 28)
  return onDay(months, list(named)) + (isSkipped ? ' (a month without it is skipped)' : '')
}

const onDay = (months: number, day: string) =>
  months === 1 ? `On the ${day} of every month` : `Every ${months} months on the ${day}`

function patchTuesdayInWords(plus_days: number) {
  const patchTuesday = 'the second Tuesday of every month'
  if (plus_days === 0) return `On ${patchTuesday} (Patch Tuesday)`
  const day = Object.values(DAY_NAMES)[(1 + plus_days) % 7]
  return `${plural(plus_days, 'day')} after ${patchTuesday} (Patch Tuesday), on a ${day}`
}

function endInWords({ ends_on, ends_after }: { ends_on?: string; ends_after?: number }) {
  if (ends_on) return `, until ${ends_on}`
  if (ends_after !== undefined) return ends_after === 1 ? ', one time' : `, ${ends_after} times`
  return ''
}

const every = (count: number, unit: string) =>
  count === 1 ? `Every ${unit}` : `Every ${count} ${unit}s`

const plural = (count: number, unit: string) => `${count} ${unit}${count === 1 ? '' : 's'}`

function list(items: string[]) {
  if (items.length < 2) return items.join()
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`
}

/** "1st", "22nd", "13th". */
function ordinalNumber(value: number) {
  const tens = Math.floor(value / 10) % 10
  const ending = tens === 1 ? 'th' : (['th', 'st', 'nd', 'rd'][value % 10] ?? 'th')
  return `${value}${ending}`
}

/** With a capital in front. */
export const capital = (text: string) => text[0]!.toUpperCase() + text.slice(1)

const lowerFirst = (text: string) => text[0]!.toLowerCase() + text.slice(1)
