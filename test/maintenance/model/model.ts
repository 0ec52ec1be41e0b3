import { type Verdict, judge, listDue, windowsAt } from './deciding.ts'
import { fill, isComing, isOver, isWaiting, placeOf } from './filling.ts'
import {
  MINUTE,
  type ModelState,
  type ModelWindow,
  type ModelSession,
  endSession,
  isLeft,
  isUnfinished,
  putWindow,
  slotsOf,
  timesAt,
  timesInForce,
  zonesOf,
} from './state.ts'

/** A clock that is put back by more is noticed. */
const MOST_BACK = 5 * MINUTE

/**
 * What a look does, step after step; `onStep` is told of each, for a look that is killed may have done
 * only the first of them.
 *
 * @param before when the same process looked last, or any did
 */
export function lookInModel(
  state: ModelState,
  now: number,
  before: number | undefined,
  onStep: () => void = () => {},
) {
  if (before !== undefined && now < before - MOST_BACK && state.is_enabled) state.noted_at ??= now
  for (const step of [plan, begin, close, review, settle, openDue, endInVain]) {
    step(state, now)
    onStep()
  }
}

function plan(state: ModelState, now: number) {
  if (state.noted_at === null) return
  const since = Math.min(state.noted_at, now)
  const former = state.next
  state.next = new Map()
  state.noted_at = null
  if (!state.is_enabled) return
  for (const [times_of, times] of timesInForce(state))
    for (const zone of zonesOf(state, times_of)) {
      const place = `${times_of} ${zone}`
      const slots = slotsOf(state, times, zone)
      const calendar = state.calendars.get(zone)!
      const pending = former.get(place)
      let after = since
      if (pending) {
        const opens = calendar.reached(Date.parse(`${pending}Z`) / MINUTE) * MINUTE
        if (opens - state.facts.detection * MINUTE <= now) after = Math.min(since, opens - 1)
      }
      const next = slots.find(({ opens }) => opens > after)
      if (next) state.next.set(place, next.start)
    }
}

/** A window that detection found begins: it covers whom it covers by now. */
function begin(state: ModelState, now: number) {
  const windows = [...state.windows.values()].sort((one, other) => one.opens - other.opens)
  for (const window of windows) {
    if (window.state !== 'open' || !window.is_ahead || window.opens > now) continue
    window.is_ahead = false
    const times = timesInForce(state).get(window.times_of)
    const isThere = times && (times.zone === null || times.zone === window.zone)
    if (state.is_enabled && isThere) fill(state, window)
    else if (window.sessions.size === 0) putWindow(window, 'skipped', 'nobody')
    openQueued(state, `${window.times_of} ${window.zone}`, now)
  }
}

function close(state: ModelState, now: number) {
  const ended = [...state.windows.values()].filter(
    ({ state, closes }) => state === 'open' && closes <= now,
  )
  for (const window of ended.sort((one, other) => one.closes - other.closes)) {
    putWindow(window, 'closed', window.why)
    const waits = state.is_enabled && state.facts.unfinished === 'wait'
    for (const [computer, session] of window.sessions) {
      if (!isWaiting(session)) continue
      if (!waits) endSession(window, session, 'missed', 'ended')
      else if (isInAnother(state, computer)) endSession(window, session, 'skipped', 'taken_over')
      else Object.assign(session, { state: 'postponed', why: 'waits' })
    }
  }
}

/** Whether detection has found a later window for a computer, or another one goes on. */
function isInAnother({ windows }: ModelState, computer: number) {
  const open = [...windows.values()].filter(({ state }) => state === 'open')
  return open.some(({ sessions }) => {
    const session = sessions.get(computer)
    return session !== undefined && isLeft(session)
  })
}

/** Looks at sessions whose computers moved: the schedule may not be on there, or be on again. */
function review(state: ModelState, now: number) {
  for (const window of state.windows.values())
    for (const [computer, session] of window.sessions) {
      if (!session.is_moved) continue
      session.is_moved = false
      const isOn = timesAt(state, state.computers.get(computer)!) !== undefined
      if (isAhead(session) && !isOn) {
        endSession(window, session, 'skipped', 'away')
        session.is_withdrawn = true
      } else if (session.is_withdrawn && isOn && reopen(state, window, now))
        Object.assign(session, { state: 'pending', why: '', is_withdrawn: false })
    }
}

const isAhead = ({ state }: ModelSession) => ['pending', 'waiting', 'postponed'].includes(state)

/** Whether a window lasts still; one that closed early opens again. */
function reopen(state: ModelState, window: ModelWindow, now: number) {
  if (window.closes <= now) return false
  if (window.state === 'open') return true
  if (window.state !== 'closed') return false
  if (windowsAt(state, window.times_of, window.zone).some(isUnfinished)) return false
  window.state = 'open'
  return true
}

/** Sees to what is over: another may wait for its end. */
function settle(state: ModelState, now: number) {
  for (let noted; (noted = [...state.windows.values()].find((one) => one.is_noted));) {
    if (noted.state === 'open' && !noted.is_ahead && isOver(noted))
      putWindow(noted, 'closed', noted.why)
    openQueued(state, `${noted.times_of} ${noted.zone}`, now)
    noted.is_noted = false
  }
}

/** Opens what waits for its turn: first what is in its time, then what was missed. */
function openQueued(state: ModelState, place: string, now: number) {
  const [of, zone] = place.split(' ') as [string, string]
  const all = windowsAt(state, Number(of), zone)
  const queued = all
    .filter((one) => one.state === 'queued')
    .sort((one, other) => (one.start < other.start ? -1 : 1))
  const inTime = queued.filter(({ cause }) => cause === 'due')
  const late = queued.filter(({ cause }) => cause === 'caught_up')
  const taken = all.filter(({ state }) => state === 'open').map(spanOf)
  for (const window of [...inTime, ...late]) {
    const isLate = window.cause === 'caught_up'
    const opens = isLate ? now : Math.max(window.opens, now)
    const closes = isLate ? now + window.closes - window.opens : window.closes
    const mustWait = taken.some((other) => other.opens < closes && opens < other.closes)
    if (mustWait) {
      if (!isLate) taken.push({ opens, closes })
      continue
    }
    const why = whyNot(state, window, isLate || closes > now)
    if (why) putWindow(window, 'skipped', why)
    else {
      Object.assign(window, { state: 'open', why: '', opens, closes, is_ahead: opens > now })
      fill(state, window)
    }
    return openQueued(state, place, now)
  }
}

const spanOf = ({ opens, closes }: ModelWindow) => ({ opens, closes })

function whyNot(state: ModelState, { times_of }: ModelWindow, isInTime: boolean) {
  if (!isInTime) return 'turn_too_late'
  if (!state.is_enabled) return 'disabled'
  return timesInForce(state).has(times_of) ? '' : 'no_times'
}

function openDue(state: ModelState, now: number) {
  for (const { place, times_of, zone, detected } of inOrder(state)) {
    if (detected > now) continue
    const { due, next } = listDue(state, times_of, zone, now)
    const before = windowsAt(state, times_of, zone).filter(isUnfinished)
    const verdicts = judge(state, due, before, now)
    for (const verdict of verdicts) record(state, times_of, zone, verdict, now)
    if (verdicts.some((one) => one.state === 'queued')) openQueued(state, place, now)
    if (next) state.next.set(place, next)
    else state.next.delete(place)
  }
}

/** The next windows, as detection comes to them. */
function inOrder(state: ModelState) {
  const places = [...state.next].map(([place, start]) => {
    const [of, zone] = place.split(' ') as [string, string]
    const times_of = Number(of)
    const slots = slotsOf(state, timesInForce(state).get(times_of)!, zone)
    const { opens } = slots.find((slot) => slot.start === start)!
    return { place, times_of, zone, detected: opens - state.facts.detection * MINUTE }
  })
  return places.sort(
    (one, other) =>
      one.detected - other.detected ||
      one.times_of - other.times_of ||
      (one.zone < other.zone ? -1 : 1),
  )
}

/** Records a window, unless it was before; what a clock that was ahead has skipped does not count. */
function record(state: ModelState, times_of: number, zone: string, verdict: Verdict, now: number) {
  const { slot, ...outcome } = verdict
  const id = `${times_of} ${zone} ${slot.start}`
  const known = state.windows.get(id)
  if (known && (known.state !== 'skipped' || known.recorded_at <= now)) return
  const window: ModelWindow = {
    id,
    times_of,
    zone,
    start: slot.start,
    ...outcome,
    recorded_at: now,
    is_ahead: outcome.state === 'open' && outcome.opens > now,
    is_noted: false,
    sessions: new Map(),
  }
  state.windows.set(id, window)
  if (window.state === 'open') fill(state, window)
}

/** Ends what waits for a window that will not come, neither where it was nor where it is. */
function endInVain(state: ModelState) {
  for (const window of state.windows.values()) {
    if (isComing(state, `${window.times_of} ${window.zone}`)) continue
    for (const [computer, session] of window.sessions) {
      const place = placeOf(state, computer)
      if (session.state === 'postponed' && !(place && isComing(state, place)))
        endSession(window, session, 'missed', 'in_vain')
    }
  }
}
