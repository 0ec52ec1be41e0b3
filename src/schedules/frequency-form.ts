import { z } from 'zod'
import { wholeText } from '../web/numbers.ts'
import { type Frequency, MOST_DAYS_AFTER_PATCH_TUESDAY, NTH } from './frequency.ts'
import { type Day, DAYS } from './rule.ts'

/** The fields of one row of times, without the number of the row that follows their names. */
export type RowFields = Record<string, string>

const every = (most: number) => wholeText(1, most)

const dayFields = DAYS.map((day) => ({ day, field: day.toLowerCase() }))

const Days = z.array(z.enum(DAYS)).min(1, 'Choose at least one day of the week.') as z.ZodType<
  Day[]
>

const MONTH_DAYS = 'Enter days of the month such as 1, 15 or last.'

/** "1, 15, last" as numbers, of which -1 is the last day. */
const MonthDays = z
  .string(MONTH_DAYS)
  .transform((text) => text.split(/[\s,;]+/).filter(Boolean))
  .pipe(
    z
      .array(
        z
          .string()
          .regex(/^(0?[1-9]|[12]\d|3[01]|last)$/i, MONTH_DAYS)
          .transform((day) => (/^last$/i.test(day) ? -1 : Number(day))),
      )
      .min(1, MONTH_DAYS)
      .max(31, MONTH_DAYS),
  )

const Nth = z
  .enum(NTH.map(String), 'Choose from the list.')
  .transform((text) => NTH.find((nth) => String(nth) === text)!)

const Kind = z.discriminatedUnion(
  'kind',
  [
    z.object({ kind: z.literal('once') }),
    z.object({ kind: z.literal('daily'), every: every(366) }),
    z.object({ kind: z.literal('weekly'), every: every(104), days: Days }),
    z.object({ kind: z.literal('monthly_day'), every: every(60), month_days: MonthDays }),
    z.object({
      kind: z.literal('monthly_weekday'),
      every: every(60),
      nth: Nth,
      weekday: z.enum(DAYS, 'Choose from the list.'),
    }),
    z.object({
      kind: z.literal('patch_tuesday'),
      plus_days: wholeText(0, MOST_DAYS_AFTER_PATCH_TUESDAY),
    }),
    z.object({
      kind: z.literal('custom'),
      rrule: z.string('Enter one rule.').trim().min(1, 'Enter a rule such as FREQ=DAILY.'),
    }),
  ],
  'Choose how often it runs.',
)

const Ends = z.discriminatedUnion(
  'ends',
  [
    z.object({ ends: z.literal('never') }),
    z.object({
      ends: z.literal('on'),
      ends_on: z.iso.date('Enter a date such as 2027-01-31.'),
    }),
    z.object({ ends: z.literal('after'), ends_after: wholeText(1, 1000) }),
  ],
  'Choose when it ends.',
)

/** Reads how often a row says that a schedule runs. */
export function readFrequency(row: RowFields) {
  const days = dayFields.filter(({ field }) => row[field] === 'on').map(({ day }) => day)
  const kind = Kind.safeParse({ ...row, days })
  if (!kind.success) return kind
  if (kind.data.kind === 'once' || kind.data.kind === 'custom')
    return { success: true as const, data: kind.data as Frequency }
  const ends = Ends.safeParse({ ...row, ends: row['ends'] || 'never' })
  if (!ends.success) return ends
  const { ends: _, ...ending } = ends.data
  return { success: true as const, data: { ...named(kind.data), ...ending } as Frequency }
}

/** The form calls the days of the month and those of the week by different names. */
function named(kind: z.infer<typeof Kind>) {
  if (kind.kind === 'monthly_day') {
    const { month_days, ...rest } = kind
    return { ...rest, days: month_days }
  }
  if (kind.kind !== 'monthly_weekday') return kind
  const { weekday, ...rest } = kind
  return { ...rest, day: weekday }
}

/** What every row has until somebody chooses otherwise. */
const USUAL: RowFields = {
  every: '1',
  month_days: '1',
  nth: '1',
  weekday: 'MO',
  plus_days: '0',
  rrule: '',
  ends: 'never',
  ends_on: '',
  ends_after: '',
}

/** The fields of a row that say a frequency. */
export function frequencyFields(frequency: Frequency): RowFields {
  const fields: RowFields = { ...USUAL, kind: frequency.kind }
  for (const { day, field } of dayFields)
    if (frequency.kind === 'weekly' && frequency.days.includes(day)) fields[field] = 'on'
  if ('every' in frequency) fields['every'] = String(frequency.every)
  if (frequency.kind === 'monthly_day')
    fields['month_days'] = frequency.days
      .toSorted((one, other) => (one < 0 ? 1 : other < 0 ? -1 : one - other))
      .map((day) => (day === -1 ? 'last' : String(day)))
      .join(', ')
  if (frequency.kind === 'monthly_weekday')
    Object.assign(fields, { nth: String(frequency.nth), weekday: frequency.day })
  if (frequency.kind === 'patch_tuesday') fields['plus_days'] = String(frequency.plus_days)
  if (frequency.kind === 'custom') fields['rrule'] = frequency.rrule
  return { ...fields, ...endFields(frequency) }
}

function endFields(frequency: Frequency): RowFields {
  if ('ends_on' in frequency && frequency.ends_on) return { ends: 'on', ends_on: frequency.ends_on }
  if ('ends_after' in frequency && frequency.ends_after)
    return { ends: 'after', ends_after: String(frequency.ends_after) }
  return {}
}

/** At which field of a row stands what is wrong with its rule as a whole. */
export function fieldOfRule(row: RowFields, message: string) {
  if (row['kind'] === 'custom') return 'rrule'
  if (/ends before|COUNT|last window/.test(message))
    return { on: 'ends_on', after: 'ends_after' }[row['ends'] ?? ''] ?? 'ends'
  return row['kind'] === 'monthly_day' ? 'month_days' : 'kind'
}

/** All fields of a row. */
export const ROW_FIELDS = [
  'kind',
  'date',
  'time',
  ...dayFields.map(({ field }) => field),
  ...Object.keys(USUAL),
]
