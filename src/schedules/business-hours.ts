import { addMinutes, instantOf, localAt } from './local-time.ts'
import { elapsedMinutes, type OpenSpan } from './windows.ts'

/** The days of the week by the number that JavaScript has for them. */
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const

/**
 * When people work, on a zone's clock. Hours that end before they start go on into the next day;
 * those that end when they start last the whole day.
 */
export type BusinessHours = {
  zone: string
  days: readonly (typeof DAYS)[number][]
  /** As HH:MM. */
  start: string
  end: string
}

/** How many minutes of a window fall into business hours. */
export function businessMinutes({ opens_at, closes_at }: OpenSpan, hours: BusinessHours): number {
  const last = localAt(closes_at, hours.zone)
  let minutes = 0
  // Hours that began the day before may still go on.
  let midnight = addMinutes(`${localAt(opens_at, hours.zone).slice(0, 10)}T00:00`, -24 * 60)
  for (; midnight <= last; midnight = addMinutes(midnight, 24 * 60)) {
    const [from, to] = hoursOfDay(midnight.slice(0, 10), hours)
    const first = from > opens_at ? from : opens_at
    const end = to < closes_at ? to : closes_at
    minutes += Math.max(0, elapsedMinutes(first, end))
  }
  return minutes
}

/** The business hours that begin on a day, as instants; none is as good as an empty time. */
function hoursOfDay(date: string, { zone, days, start, end }: BusinessHours) {
  const from = instantOf(`${date}T${start}`, zone)
  if (!days.includes(DAYS[new Date(`${date}T00:00Z`).getUTCDay()]!)) return [from, from] as const
  const lastDay = end > start ? date : addMinutes(`${date}T00:00`, 24 * 60).slice(0, 10)
  return [from, instantOf(`${lastDay}T${end}`, zone)] as const
}
