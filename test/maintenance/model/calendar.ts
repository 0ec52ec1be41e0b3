const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Minutes since 1970: of the stopwatch, or of a clock on the wall as if it showed UTC. */
export type Minutes = number

/** When the clock of a zone first came to each of its times. */
export type Calendar = {
  /** The minute at which the clock came to a time, or past it. */
  reached(clock: Minutes): Minutes
  /** The days that the clock came to, as the minute at which they begin on it. */
  days: Minutes[]
}

/** Walks through a zone's time minute by minute, and notes when its clock first came to what. */
export function walkZone(zone: string, from: number, until: number): Calendar {
  const start = from / MINUTE
  const first = start + offsetAt(zone, from) / MINUTE
  const came: Minutes[] = []
  for (let hour = from; hour < until; hour += HOUR) {
    const offset = offsetAt(zone, hour)
    const isSteady = offset === offsetAt(zone, hour + HOUR)
    for (let at = hour; at < hour + HOUR; at += MINUTE) {
      const clock = (at + (isSteady ? offset : offsetAt(zone, at))) / MINUTE
      while (first + came.length <= clock) came.push(at / MINUTE)
    }
  }
  const days: Minutes[] = []
  const last = first + came.length
  for (let day = Math.ceil(first / 1440) * 1440; day < last; day += 1440) days.push(day)
  return {
    days,
    reached(clock) {
      if (clock < first || clock >= last) throw new Error(`${zone} was not walked to ${clock}`)
      return came[clock - first]!
    },
  }
}

/** What the clock of a zone shows, minus UTC. */
const offsetAt = (zone: string, at: number) =>
  Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).offsetNanoseconds / 1_000_000

/** From days before a start until a year and some weeks after it. */
export const walkYear = (zone: string, start: number) =>
  walkZone(zone, start - 12 * DAY, start + 420 * DAY)
