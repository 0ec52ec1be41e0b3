/** When computers were last seen: within so long, or not for so long. */
export const seenSpans = ['day', 'week', 'month', 'not_week', 'not_month', 'never'] as const

export type SeenSpan = (typeof seenSpans)[number]

export const seenLabels: Record<SeenSpan, string> = {
  day: 'Seen within a day',
  week: 'Seen within a week',
  month: 'Seen within a month',
  not_week: 'Not seen for a week',
  not_month: 'Not seen for a month',
  never: 'Never seen',
}

const DAYS: Record<Exclude<SeenSpan, 'never'>, number> = {
  day: 1,
  week: 7,
  month: 30,
  not_week: 7,
  not_month: 30,
}

/** The bounds of a span of time. What has never been seen has '' for when it was: less than any instant. */
export function seenBounds(seen: SeenSpan | null, now: string) {
  if (seen === null) return { seen_from: '', seen_before: '' }
  if (seen === 'never') return { seen_from: '', seen_before: '0' }
  const moment = Temporal.Instant.from(now)
    .subtract({ hours: 24 * DAYS[seen] })
    .toString({ smallestUnit: 'millisecond' })
  return seen.startsWith('not_')
    ? { seen_from: '', seen_before: moment }
    : { seen_from: moment, seen_before: '' }
}
