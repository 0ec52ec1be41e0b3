/** A time during which the clock of a zone is not put forward or back. In milliseconds. */
export type Stretch = {
  /** From this instant, included … */
  from: number
  /** … until this one, not included. */
  until: number
  /** What the clock shows, minus UTC. */
  offset: number
}

const FIRST_YEAR = 2000
const LAST_YEAR = 2200

const known = new Map<string, readonly Stretch[]>()

/**
 * The stretches of a zone's clock, in order, from the dawn of time to its end; transitions outside
 * 2000–2200 are left out. A forecast asks thousands of times, and Temporal takes some microseconds
 * for each answer, so it is asked for the transitions alone, once. Throws RangeError for what is no
 * zone.
 */
export function stretchesOf(zone: string): readonly Stretch[] {
  const found = known.get(zone)
  if (found) return found

  const stretches = readStretches(zone)
  known.set(zone, stretches)
  return stretches
}

function readStretches(zone: string) {
  let at = Temporal.PlainDate.from({ year: FIRST_YEAR, month: 1, day: 1 }).toZonedDateTime(zone)
  const stretches: Stretch[] = [stretchFrom(at, -Infinity)]
  for (;;) {
    const next = at.getTimeZoneTransition('next')
    if (!next || next.year > LAST_YEAR) return stretches

    stretches.at(-1)!.until = next.epochMilliseconds
    stretches.push(stretchFrom(next, next.epochMilliseconds))
    at = next
  }
}

const stretchFrom = (at: Temporal.ZonedDateTime, from: number): Stretch => ({
  from,
  until: Infinity,
  offset: at.offsetNanoseconds / 1_000_000,
})
