import type { MissedPolicy, OverlapPolicy } from '../db/schedule-schema.ts'
import type { LocalTime } from './local-time.ts'
import type { Recurrence } from './recurrence.ts'
import {
  addElapsed,
  elapsedMinutes,
  overlaps,
  spanOf,
  type Window,
  windowsWithNext,
} from './windows.ts'

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

/** What lies further back is forgotten, whatever the policy; so is what comes before the last 5,000. */
const LONGEST_DOWNTIME_DAYS = 400
const MOST_DUE = 5000

/** A window of the same times that is open, or will be, or waits for its turn. */
export type Unfinished = {
  state: string
  cause: string
  starts_at: string
  ends_at: string
}

/**
 * The windows that are to be decided now, in order: those that have opened since `since`, and whose
 * start is later on the clock than that of the last one decided. So a clock that goes back, or a
 * move to a zone further west, does not bring a window back. And the window that comes after them.
 */
export function dueAndNext(
  recurrence: Recurrence,
  zone: string,
  { since, last_start, now }: { since: string; last_start?: LocalTime; now: string },
) {
  const earliest = addElapsed(now, -LONGEST_DOWNTIME_DAYS * 24 * 60)
  const after = since > earliest ? since : earliest
  const { due, next } = windowsWithNext(recurrence, zone, { after, until: now, limit: MOST_DUE })
  return { due: due.filter(({ start }) => !last_start || start > last_start), next }
}

/**
 * What becomes of each window that is due, or that detection finds ahead of its time. One that is
 * still open runs, however late it is; those that closed unseen are caught up with as the policy
 * says. Of what would run at the same time one does, first that which is open, for it cannot wait;
 * the rest is queued or skipped.
 */
export function decideWindows(
  due: readonly Window[],
  policy: {
    now: string
    missed: MissedPolicy
    /** How far back missed windows are caught up with. */
    within_days: number
    overlap: OverlapPolicy
    /** The windows before them that are not over. */
    unfinished: readonly Unfinished[]
  },
): Decision[] {
  const { now } = policy
  const ahead = due.filter(({ opens_at }) => opens_at > now)
  const come = due.filter(({ opens_at }) => opens_at <= now)
  const open = come.filter((window) => isOpen(window, now))
  const missed = come.filter((window) => !isOpen(window, now))
  const decisions = missed.map((window) => decideMissed(window, missed, open, policy))
  const running = inTurn(
    [
      ...open.map((window): Decision => runsInTime(window, now)),
      ...decisions.filter(({ outcome }) => outcome === 'catch_up'),
      ...ahead.map((window): Decision => runsInTime(window, now)),
    ],
    policy,
  )
  const decided = new Map([...decisions, ...running].map((one) => [one.window, one]))
  return due.map((window) => decided.get(window)!)
}

/** Of what wants to run, what overlaps with something before it waits. */
function inTurn(
  wanting: Decision[],
  policy: { now: string; overlap: OverlapPolicy; unfinished: readonly Unfinished[] },
): Decision[] {
  const isCatchUp = ({ state, cause }: Unfinished) => state === 'queued' && cause === 'caught_up'
  const terms = policy.unfinished.filter((one) => !isCatchUp(one)).map(spanOf)
  let waiting = policy.unfinished.some(isCatchUp)
  return wanting.map((decision) => {
    const term = { opens_at: policy.now, closes_at: decision.closes_at! }
    if (decision.window.opens_at > policy.now) term.opens_at = decision.window.opens_at
    const isLate = decision.outcome === 'catch_up'
    const waits = terms.some((other) => overlaps(term, other)) || (isLate && waiting)
    const decided = waits ? wait(decision, policy) : decision
    // When one that was missed has its turn, those that come in their time go before it.
    if (isLate && decided.outcome === 'queued') waiting = true
    else if (decided.outcome !== 'skipped') terms.push(term)
    return decided
  })
}

const runsInTime = (window: Window, now: string): Decision => ({
  window,
  outcome: 'open',
  closes_at: closing(window, now),
})

/** Of one that has come: still open, or so short, and so recent, that the loop merely came late. */
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
