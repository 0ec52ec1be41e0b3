import { stretchesOf, type Stretch } from './zone-clock.ts'

/**
 * A local date and time to the minute, without a zone: "2026-11-24T22:00". As text they sort in
 * the order of time.
 */
export type LocalTime = string

/** Whether a text is a local time that the calendar has. */
export function isLocalTime(text: string): text is LocalTime {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(text)) return false
  const milliseconds = clockMilliseconds(text)
  return Number.isFinite(milliseconds) && localFromClock(milliseconds) === text
}

/** Milliseconds since 1970 as if the local time were UTC: to compare and to subtract. */
export const clockMilliseconds = (local: LocalTime) => Date.parse(`${local}Z`)

export const localFromClock = (milliseconds: number): LocalTime =>
  new Date(milliseconds).toISOString().slice(0, 16)

/** The local time that is so many minutes of the clock later, or earlier. */
export const addMinutes = (local: LocalTime, minutes: number): LocalTime =>
  localFromClock(clockMilliseconds(local) + minutes * 60_000)

/** The minutes of the clock from one local time to another. */
export const minutesBetween = (first: LocalTime, second: LocalTime) =>
  (clockMilliseconds(second) - clockMilliseconds(first)) / 60_000

/** What the clock of a zone shows at an instant, to the minute. */
export function localAt(instant: string, zone: string): LocalTime {
  const milliseconds = Date.parse(instant)
  const stretch = firstOf(stretchesOf(zone), ({ until }) => until > milliseconds)
  return localFromClock(milliseconds + stretch.offset)
}

/**
 * The first instant at which the clock of a zone has come to a local time. The whole rule for
 * daylight saving follows from it: a time that does not exist is the end of the gap, one that
 * exists twice is the first of the two, and what is later on the clock is never earlier in fact.
 */
export function instantOf(local: LocalTime, zone: string): string {
  const clock = clockMilliseconds(local)
  const { from, offset } = stretchThatReaches(clock, stretchesOf(zone))
  return new Date(Math.max(from, clock - offset)).toISOString()
}

/** No clock is ever put forward or back by more. */
const LARGEST_CHANGE_MS = 25 * 3_600_000

/**
 * From when until when a time on the clock of a zone lasts that begins at `start`; undefined where the
 * clock is, or may be, changed around it.
 */
export function steadySpan(start: LocalTime, minutes: number, zone: string) {
  const begin = clockMilliseconds(start)
  const end = begin + minutes * 60_000
  const { from, until, offset } = stretchThatReaches(begin, stretchesOf(zone))
  if (begin - offset < from || end + LARGEST_CHANGE_MS > until + offset) return undefined
  return {
    opens_at: new Date(begin - offset).toISOString(),
    closes_at: new Date(end - offset).toISOString(),
  }
}

/** Whether the clock of a zone never shows a local time, because it was put forward past it. */
export function isSkipped(local: LocalTime, zone: string) {
  const clock = clockMilliseconds(local)
  const { from, offset } = stretchThatReaches(clock, stretchesOf(zone))
  return clock - offset < from
}

/** Whether the clock of a zone shows a local time twice, because it was put back in between. */
export function happensTwice(local: LocalTime, zone: string) {
  const clock = clockMilliseconds(local)
  const stretches = stretchesOf(zone)
  const first = stretchThatReaches(clock, stretches)
  const next = stretches[stretches.indexOf(first) + 1]
  return next !== undefined && next.from + next.offset <= clock
}

const stretchThatReaches = (clock: number, stretches: readonly Stretch[]) =>
  firstOf(stretches, ({ until, offset }) => until + offset > clock)

/** The first of the stretches for which something holds that also holds for all after it. */
function firstOf(stretches: readonly Stretch[], holds: (stretch: Stretch) => boolean) {
  let low = 0
  let high = stretches.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if (holds(stretches[middle]!)) high = middle
    else low = middle + 1
  }
  return stretches[low]!
}
