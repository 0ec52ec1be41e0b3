import type { Form } from '../web/form.ts'
import { NTH } from './frequency.ts'
import { DAYS } from './rule.ts'
import { timesInWords, zoneInWords } from './says.ts'
import { type Fields, readTimes, rowCount } from './times-form.ts'
import { MOST_RULES } from './validation.ts'
import { DAY_NAMES, ORDINALS, capital } from './words.ts'
import { renamedZone } from './zone-names.ts'

type Choice = { value: string; label: string }

/** What the fields of the times offer, and what they say as they are. */
export type FormLook = {
  rows: number[]
  may_add: boolean
  kinds: Choice[]
  days: { field: string; short: string; label: string }[]
  weekdays: Choice[]
  nth: Choice[]
  ends: Choice[]
  zones_of: Choice[]
  sentence: string
}

const offered = {
  kinds: [
    { value: 'once', label: 'Once' },
    { value: 'daily', label: 'Daily' },
    { value: 'weekly', label: 'Weekly' },
    { value: 'monthly_day', label: 'Monthly, on days of the month' },
    { value: 'monthly_weekday', label: 'Monthly, on a day of the week' },
    { value: 'patch_tuesday', label: 'Around Patch Tuesday' },
    { value: 'custom', label: 'By a custom rule (RRULE)' },
  ],
  days: DAYS.map((day) => ({
    field: day.toLowerCase(),
    short: DAY_NAMES[day].slice(0, 2),
    label: DAY_NAMES[day],
  })),
  weekdays: DAYS.map((day) => ({ value: day, label: DAY_NAMES[day] })),
  nth: NTH.map((nth) => ({ value: String(nth), label: capital(ORDINALS[nth]) })),
  ends: [
    { value: 'never', label: 'Never' },
    { value: 'on', label: 'On a date' },
    { value: 'after', label: 'After some windows' },
  ],
  zones_of: [
    { value: 'tenant', label: 'Each tenant’s own' },
    { value: 'computer', label: 'Each computer’s own' },
    { value: 'fixed', label: 'The same for all' },
  ],
}

/** How the times of a form are drawn. */
export function lookOf({ values }: Form): FormLook {
  const count = rowCount(values)
  return {
    ...offered,
    rows: Array.from({ length: count }, (_, row) => row),
    may_add: count < MOST_RULES,
    sentence: sentenceOf(values),
  }
}

/** What the times of a form say, as a sentence; '' while they say nothing yet. */
export function sentenceOf(values: Fields) {
  const read = readTimes(values)
  if (!read.ok) return ''
  const zone = zoneInWords(read.times)
  const renamed = values['zone_of'] === 'fixed' ? renamedZone(values['zone'] ?? '') : ''
  return `${timesInWords(read.times)}. Time zone: ${zone}. ${renamed}`.trim()
}
