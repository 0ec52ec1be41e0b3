import { instantOf, localAt } from './local-time.ts'
import { END_OF_TIME, type Recurrence } from './recurrence.ts'
import { addElapsed, nextWindow, type Window } from './windows.ts'

/** Days on which no maintenance starts: the first and the last, as "2026-12-20/2027-01-06". */
export type FreezePeriod = string

/** The freeze period in which an instant falls, in a zone's days; undefined if in none. */
export function freezeAt(
  instant: string,
  zone: string,
  freezes: readonly FreezePeriod[],
): FreezePeriod | undefined {
  const date = localAt(instant, zone).slice(0, 10)
  return freezes.find((freeze) => freeze.slice(0, 10) <= date && date <= freeze.slice(11))
}

/**
 * The next window that no freeze period forbids. Undefined when there is none: then the recurrence
 * has ended, or the freeze periods cover all that is left of it. `freezes` hold in the days of
 * their own zone.
 */
export function nextUnfrozen(
  recurrence: Recurrence,
  zone: string,
  after: string,
  frozen: { zone: string; freezes: readonly FreezePeriod[] },
): Window | undefined {
  let from = after
  // Each turn leaves a freeze period behind for good.
  for (let turn = 0; turn <= frozen.freezes.length; turn++) {
    const window = nextWindow(recurrence, zone, from)
    const freeze = window && freezeAt(window.opens_at, frozen.zone, frozen.freezes)
    if (!freeze) return window
    if (freeze.slice(11) >= END_OF_TIME.slice(0, 10)) return undefined
    from = lastMoment(freeze, frozen.zone)
  }
}

/** The millisecond before the day after a freeze period begins. */
function lastMoment(freeze: FreezePeriod, zone: string) {
  const dayAfter = Temporal.PlainDate.from(freeze.slice(11)).add({ days: 1 }).toString()
  return addElapsed(instantOf(`${dayAfter}T00:00`, zone), -1 / 60_000)
}
