/**
 * A local date and time to the minute, without a zone: "2026-11-24T22:00". As text they sort in
 * the order of time.
 */
export type LocalTime = string

export const isLocalTime = (text: string): text is LocalTime =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(text) && parsePlain(text) !== undefined

/** What the clock of a zone shows at an instant (ISO text), to the minute. */
export const localAt = (instant: string, zone: string): LocalTime =>
  toText(Temporal.Instant.from(instant).toZonedDateTimeISO(zone).toPlainDateTime())

/** The local time that is so many minutes of the clock later, or earlier. */
export const addMinutes = (local: LocalTime, minutes: number): LocalTime =>
  toText(Temporal.PlainDateTime.from(local).add({ minutes }))

/** The minutes of the clock from one local time to another. */
export const minutesBetween = (first: LocalTime, second: LocalTime) =>
  (clockMilliseconds(second) - clockMilliseconds(first)) / 60_000

/**
 * The first instant at which the clock of a zone has come to a local time. Our whole rule for
 * daylight saving follows from it: a time that does not exist is the end of the gap, one that
 * exists twice is the first of the two; and what is later on the clock is never earlier in fact.
 */
export function instantOf(local: LocalTime, zone: string): Temporal.Instant {
  const plain = Temporal.PlainDateTime.from(local)
  const found = plain.toZonedDateTime(zone)
  if (found.toPlainDateTime().equals(plain)) return found.toInstant()

  // Temporal goes on by the length of the gap (02:30 → 03:30); the gap ends where the offset turns.
  const before = plain.toZonedDateTime(zone, { disambiguation: 'earlier' })
  return before.getTimeZoneTransition('next')!.toInstant()
}

/** Whether the clock of a zone shows a local time twice, because it was put back in between. */
export function happensTwice(local: LocalTime, zone: string) {
  const plain = Temporal.PlainDateTime.from(local)
  const [first, second] = (['earlier', 'later'] as const).map((disambiguation) =>
    plain.toZonedDateTime(zone, { disambiguation }),
  )
  return !first!.equals(second!) && first!.toPlainDateTime().equals(plain)
}

/** Milliseconds since 1970 as if the local time were UTC: to compare and to subtract. */
export const clockMilliseconds = (local: LocalTime) =>
  Temporal.Instant.from(`${local}Z`).epochMilliseconds

export const localFromClock = (milliseconds: number): LocalTime =>
  Temporal.Instant.fromEpochMilliseconds(milliseconds).toString().slice(0, 16)

function parsePlain(text: string) {
  try {
    return Temporal.PlainDateTime.from(text)
  } catch {
    return undefined
  }
}

const toText = (plain: Temporal.PlainDateTime): LocalTime =>
  plain.toString({ smallestUnit: 'minute' })
