import { z } from 'zod'
import type { FieldErrors } from '../../errors.ts'
import { parseInstant } from '../../web/time.ts'

/** How long something may be offered to last, in hours; null is without an end. */
const HOURS: Record<string, number | null> = {
  hour: 1,
  day: 24,
  three_days: 72,
  month: 720,
  never: null,
}

export const lastingOptions = [
  { value: 'hour', label: 'One hour' },
  { value: 'day', label: 'One day' },
  { value: 'three_days', label: 'Three days' },
  { value: 'month', label: '30 days' },
  { value: 'until', label: 'Until a moment of your choice' },
  { value: 'never', label: 'Without an end' },
]

/** The fields of a form that say how long something lasts. */
export const LastingFields = {
  lasts: z.enum([...Object.keys(HOURS), 'until'], 'Choose how long it lasts.'),
  until: z.string('Enter one moment.').max(40).default(''),
}

/** When it ends; null is never. Or what is wrong with what was typed. */
export function endOf(
  { lasts, until }: { lasts: string; until: string },
  now: string,
): { expires_at: string | null } | { errors: FieldErrors } {
  if (lasts === 'until') {
    const expires_at = parseInstant(until)
    if (expires_at === undefined)
      return { errors: { until: 'Enter a date and a time, such as 2026-12-31T18:00.' } }
    return { expires_at }
  }
  const hours = HOURS[lasts] ?? null
  if (hours === null) return { expires_at: null }
  const end = Temporal.Instant.from(now).add({ hours })
  return { expires_at: end.toString({ smallestUnit: 'millisecond' }) }
}
