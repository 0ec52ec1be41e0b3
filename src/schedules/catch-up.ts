import type { LocalTime } from './local-time.ts'
import type { Recurrence } from './recurrence.ts'
import { addElapsed, elapsedMinutes, nextWindow, type Window, windowsWithNext } from './windows.ts'

/** What becomes of windows that closed before anything could start. */
export type MissedPolicy = 'skip' | 'once' | 'all'

/** What becomes of a window while an earlier one of the schedule is still being worked off. */
export type OverlapPolicy = 'skip' | 'queue'

export type Decision = {
  window: Window
  /**
   * `open`: it runs in its time. `catch_up`: it was missed and runs now, for its usual length.
   * `queued`: it runs as soon as those before it are done. The others do not run.
   */
  outcome: 'open' | 'catch_up' | 'queued' | 'missed' | 'skipped'
  /** Why, where the outcome alone does not say it. */
  reason?: 'not_caught_up' | 'too_long_ago' | 'made_up_for' | 'overlap'
  /** Until when it may run. A missed window that is queued gets its usual length when it starts. */
  closes_at?: string
}

/** A clock that goes forward by more, or a loop that stands still for longer, is a downtime. */
const DOWNTIME_MINUTES = 5

/** What lies further back is forgotten, whatever the policy. */
const LONGEST_DOWNTIME_DAYS = 400
const MOST_DUE = 5000

/**
 * The windows that are to be decided now, in order: those that have opened since `since`, and whose
 * start is later on the clock than that of the last one decided. So a clock that goes back, or a
 * move to a zone further west, does not bring a window back.
 */
export function dueWindows(
  recurrence: Recurrence,
  zone: string,
  span: { since: string; last_start?: LocalTime; now: string },
): Window[] {
  return dueAndNext(recurrence, zone, span).due
}

/** As `dueWindows`, with the window that comes after them. */
export function dueAndNext(
  recurrence: Recurrence,
  zone: string,
  { since, last_start, now }: { since: string; last_start?: LocalTime; now: string },
) {
  const earliest = addElapsed(now, -LONGEST_DOWNTIME_DAYS * 24 * 60)
  const after = since > earliest ? since : earliest
  const { due, next } = windowsWithNext(recurrence, zone, { after, until: now, limit: MOST_DUE })
  return {
    due: due.filter(({ start }) => !last_start || start > last_start),
    next: due.length < MOST_DUE ? next : nextWindow(recurrence, zone, now),
  }
}

/**
 * What becomes of each due window. One that is still open runs, however late it is; those that
 * closed unseen are caught up with as the policy says. Of what then wants to run, one does, first
 * that which is open, for it cannot wait; the rest is queued or skipped.
 */
export function decideWindows(
  due: readonly Window[],
  policy: {
    now: string
    missed: MissedPolicy
    /** How far back missed windows are caught up with. */
    within_days: number
    overlap: OverlapPolicy
    /** Whether an earlier window of the schedule is still being worked off. */
    is_running: boolean
  },
): Decision[] {
  const { now } = policy
  const open = due.filter((window) => isOpen(window, now))
  const missed = due.filter((window) => !isOpen(window, now))
  const decisions = missed.map((window) => decideMissed(window, missed, open, policy))
  const running = [
    ...open.map((window): Decision => ({
      window,
      outcome: 'open',
      closes_at: closing(window, now),
    })),
    ...decisions.filter(({ outcome }) => outcome === 'catch_up'),
  ]
  const waiting = running.slice(policy.is_running ? 0 : 1).map((decision) => wait(decision, policy))
  const decided = new Map(
    [...decisions, ...running, ...waiting].map((decision) => [decision.window, decision]),
  )
  return due.map((window) => decided.get(window)!)
}

/** Still open, or so short, and so recent, that the loop merely came late. */
const isOpen = ({ opens_at, closes_at }: Window, now: string) =>
  closes_at > now || elapsedMinutes(opens_at, now) <= DOWNTIME_MINUTES

const closing = (window: Window, now: string) =>
  window.closes_at > now ? window.closes_at : addElapsed(now, length(window))

const length = ({ opens_at, closes_at }: Window) => elapsedMinutes(opens_at, closes_at)

function decideMissed(
  window: Window,
  missed: Window[],
  open: Window[],
  { now, missed: policy, within_days }: { now: string; missed: MissedPolicy; within_days: number },
): Decision {
  if (policy === 'skip') return { window, outcome: 'missed', reason: 'not_caught_up' }
  if (elapsedMinutes(window.opens_at, now) > within_days * 24 * 60)
    return { window, outcome: 'missed', reason: 'too_long_ago' }
  // One run is enough: the window that is open now, or else the last that was missed.
  const isMadeUpFor = policy === 'once' && (open.length > 0 || window !== missed.at(-1))
  if (isMadeUpFor) return { window, outcome: 'missed', reason: 'made_up_for' }
  return { window, outcome: 'catch_up', closes_at: addElapsed(now, length(window)) }
}

function wait({ window, outcome, closes_at }: Decision, { overlap }: { overlap: OverlapPolicy }) {
  if (overlap === 'skip') return { window, outcome: 'skipped', reason: 'overlap' } as const
  const queued = { window, outcome: 'queued', reason: 'overlap' } as const
  return outcome === 'open' ? { ...queued, closes_at } : queued
}
