import {
  addMinutes,
  happensTwice,
  instantOf,
  isSkipped,
  type LocalTime,
  localAt,
  steadySpan,
} from './local-time.ts'
import { type Recurrence, startsFrom } from './recurrence.ts'

/**
 * One maintenance window. `start` is what the clock was to show when it opens: with the schedule
 * it names the window, and stays the same when the schedule moves to another zone.
 */
export type Window = {
  start: LocalTime
  /** The zone whose clock it is. */
  zone: string
  opens_at: string
  closes_at: string
  /** What daylight saving does to it; nearly always nothing. */
  clock_changes: ClockChange[]
}

/** From when until when something is open. */
export type OpenSpan = Pick<Window, 'opens_at' | 'closes_at'>

/** The same of a window as it is kept. */
export const spanOf = (kept: { starts_at: string; ends_at: string }): OpenSpan => ({
  opens_at: kept.starts_at,
  closes_at: kept.ends_at,
})

/** Whether two have a moment in common. */
export const overlaps = (one: OpenSpan, other: OpenSpan) =>
  one.opens_at < other.closes_at && other.opens_at < one.closes_at

/** Minutes are those of the stopwatch, more or fewer than those of the clock. */
export type ClockChange =
  | { kind: 'starts_late' }
  | { kind: 'moved' }
  | { kind: 'happens_twice' }
  | { kind: 'longer'; minutes: number }
  | { kind: 'shorter'; minutes: number }

/**
 * The window that starts at a local time in a zone. It opens when the clock comes to its start and
 * closes when the clock comes to its end, so it can be longer or shorter than usual. If daylight
 * saving swallows it whole, it opens after the gap and keeps its length: a nightly schedule runs
 * every night.
 */
export function windowAt(start: LocalTime, length_minutes: number, zone: string): Window {
  const steady = steadySpan(start, length_minutes, zone)
  if (steady) return { start, zone, ...steady, clock_changes: [] }
  const opens_at = instantOf(start, zone)
  const closes_at = instantOf(addMinutes(start, length_minutes), zone)
  const elapsed = elapsedMinutes(opens_at, closes_at)
  if (elapsed <= 0)
    return {
      start,
      zone,
      opens_at,
      closes_at: addElapsed(opens_at, length_minutes),
      clock_changes: [{ kind: 'moved' }],
    }
  const clock_changes = clockChanges(start, zone, elapsed - length_minutes)
  return { start, zone, opens_at, closes_at, clock_changes }
}

/** The first window that opens after an instant; undefined when there is none any more. */
export const nextWindow = (recurrence: Recurrence, zone: string, after: string) =>
  windowsFrom(recurrence, zone, after).find(({ opens_at }) => opens_at > after)

/** The windows that open after `after` and until `until`, in order; at most `limit`. */
export const windowsOpening = (
  recurrence: Recurrence,
  zone: string,
  { after, until, limit }: { after: string; until: string; limit: number },
): Window[] =>
  takeUntil(windowsFrom(recurrence, zone, after), ({ opens_at }) => opens_at > until)
    .filter(({ opens_at }) => opens_at > after)
    .take(limit)
    .toArray()

/** As `windowsOpening`, but the last `limit` of them, with the window that opens next after them. */
export function windowsWithNext(
  recurrence: Recurrence,
  zone: string,
  { after, until, limit }: { after: string; until: string; limit: number },
): { due: Window[]; next: Window | undefined } {
  const due: Window[] = []
  let next: Window | undefined
  for (const window of windowsFrom(recurrence, zone, after)) {
    if (window.opens_at > until) {
      next = window
      break
    }
    if (window.opens_at > after) due.push(window)
    if (due.length === 2 * limit) due.splice(0, limit)
  }
  return { due: due.slice(-limit), next }
}

/** The windows that are open at some moment from `from` until before `to`, in order. */
export function windowsBetween(
  recurrence: Recurrence,
  zone: string,
  { from, to, limit }: { from: string; to: string; limit: number },
): Window[] {
  // Where the clock goes back, a window lasts longer than it says: a day more is enough for all.
  const earliest = addElapsed(from, -recurrence.length_minutes - 24 * 60)
  return takeUntil(windowsFrom(recurrence, zone, earliest), ({ opens_at }) => opens_at >= to)
    .filter(({ closes_at }) => closes_at > from)
    .take(limit)
    .toArray()
}

/** What daylight saving does to a window, in words. */
export function clockChangeInWords(change: ClockChange) {
  switch (change.kind) {
    case 'starts_late':
      return 'Starts late: the clock goes forward.'
    case 'moved':
      return 'Starts when the clock has gone forward, and keeps its length.'
    case 'happens_twice':
      return 'This time happens twice: the first is taken.'
    case 'longer':
      return `${duration(change.minutes)} longer than the clock says.`
    case 'shorter':
      return `${duration(change.minutes)} shorter than the clock says.`
  }
}

/** The windows that open at an instant or later; and perhaps one that opened a little earlier. */
function* windowsFrom({ rules, length_minutes }: Recurrence, zone: string, from: string) {
  // What starts earlier on the clock has opened by then, too.
  for (const start of startsFrom(rules, localAt(from, zone)))
    yield windowAt(start, length_minutes, zone)
}

function* takeUntil<Item>(items: Iterable<Item>, isPast: (item: Item) => boolean) {
  for (const item of items) {
    if (isPast(item)) return
    yield item
  }
}

function clockChanges(start: LocalTime, zone: string, excess: number) {
  const changes: ClockChange[] = []
  if (isSkipped(start, zone)) changes.push({ kind: 'starts_late' })
  if (happensTwice(start, zone)) changes.push({ kind: 'happens_twice' })
  if (excess > 0) changes.push({ kind: 'longer', minutes: excess })
  if (excess < 0) changes.push({ kind: 'shorter', minutes: -excess })
  return changes
}

function duration(minutes: number) {
  if (minutes === 60) return 'An hour'
  return minutes % 60 === 0 ? `${minutes / 60} hours` : `${minutes} minutes`
}

/** The minutes of the stopwatch from one instant to another. */
export const elapsedMinutes = (from: string, to: string) =>
  (Date.parse(to) - Date.parse(from)) / 60_000

export const addElapsed = (instant: string, minutes: number) =>
  new Date(Date.parse(instant) + minutes * 60_000).toISOString()
