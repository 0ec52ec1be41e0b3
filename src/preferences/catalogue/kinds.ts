import { z } from 'zod'
import { NO_ZONE, canonicalZone } from '../../web/zones.ts'

export const onOff = () =>
  ({ schema: z.boolean('Choose on or off.'), merge: 'replace', control: 'switch' }) as const

/** One of a few fixed values, given with their labels. */
export const choice = (labels: Record<string, string>) =>
  ({
    schema: z.enum(Object.keys(labels), 'Choose one of the values offered.'),
    merge: 'replace',
    control: 'select',
    options: toOptions(labels),
  }) as const

/** A whole number of `unit`, from `min` to `max`, both included. */
export const whole = (unit: string, min: number, max: number) => {
  const message = `Enter a whole number from ${min} to ${max}.`
  return {
    schema: z.int(message).min(min, message).max(max, message),
    merge: 'replace',
    control: 'number',
    unit,
  } as const
}

/** A time of day, local to the tenant, as HH:MM; so it sorts as text. */
export const timeOfDay = () => {
  const message = 'Enter a time such as 08:30.'
  return {
    schema: z.string(message).regex(/^([01]\d|2[0-3]):[0-5]\d$/, message),
    merge: 'replace',
    control: 'time',
  } as const
}

/** An IANA time zone, spelled as the IANA spells it today. */
export const timeZone = () =>
  ({
    schema: z
      .string(NO_ZONE)
      .refine((name) => canonicalZone(name) === name, { error: ({ input }) => misspelled(input) }),
    merge: 'replace',
    control: 'time_zone',
  }) as const

function misspelled(name: unknown) {
  const zone = canonicalZone(String(name))
  return zone === undefined ? NO_ZONE : `This time zone is written ${zone} today.`
}

export const listOf = <Item extends z.ZodType>(item: Item) =>
  ({ schema: z.array(item), item, merge: 'list', control: 'list' }) as const

/** A list whose items are some of a few fixed values, given with their labels. */
export const listOfChoices = (labels: Record<string, string>) =>
  ({ ...listOf(choice(labels).schema), options: toOptions(labels) }) as const

/** Days from the first to the last, both included, as YYYY-MM-DD/YYYY-MM-DD. */
export const dateRange = () => {
  const message = 'Enter dates such as 2026-12-20/2027-01-06.'
  return z
    .string(message)
    .regex(/^\d{4}-\d\d-\d\d\/\d{4}-\d\d-\d\d$/, message)
    .refine(isDateRange, 'Enter two real dates, the first not after the last.')
}

function isDateRange(range: string) {
  try {
    const [first, last] = range.split('/').map((date) => Temporal.PlainDate.from(date))
    return Temporal.PlainDate.compare(first!, last!) <= 0
  } catch {
    return false
  }
}

function toOptions(labels: Record<string, string>) {
  return Object.entries(labels).map(([value, label]) => ({ value, label }))
}
