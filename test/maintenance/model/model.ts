import { type Verdict, judge, listDue, windowsAt } from './deciding.ts'
import {
  DAY,
  MINUTE,
  type ModelState,
  type ModelWindow,
  type ModelSession,
  coveredBy,
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
  for (const window of state.windows.values()) {
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

const isOver = ({ sessions }: ModelWindow) => ![...sessions.values()].some(isLeft)

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

/** Gives an open window the sessions of whom it covers; what waited for it is taken over. */
export function fill(state: ModelState, window: ModelWindow) {
  const covered = coveredBy(state, window.times_of, window.zone)
  for (const computer of covered) {
    const session = window.sessions.get(computer)
    if (session && session.state !== 'skipped' && !isWaiting(session)) continue
    const isOut = hadTurn(state, window, computer)
    if (session && isWaiting(session)) {
      if (isOut) endSession(window, session, 'skipped', 'had_turn')
    } else
      window.sessions.set(
        computer,
        isOut ? { ...newSession(session), state: 'skipped', why: 'had_turn' } : newSession(session),
      )
  }
  for (const [computer, session] of window.sessions)
    if (!covered.includes(computer) && ['pending', 'waiting'].includes(session.state))
      endSession(window, session, 'skipped', 'not_covered')
  takeOver(state, window)
  if (window.is_ahead) return
  if (window.sessions.size === 0) recordNobody(state, window)
  else if (isOver(window)) putWindow(window, 'closed', window.why)
}

const isWaiting = ({ state }: ModelSession) => state === 'pending' || state === 'waiting'

/** Whether a computer has its turn of that day on another clock, or by times of another's own. */
function hadTurn(state: ModelState, window: ModelWindow, computer: number) {
  if (window.start.startsWith('#')) return false
  return [...state.windows.values()].some((other) => {
    const isSameDay = other.start.slice(0, 10) === window.start.slice(0, 10)
    const isNear = Math.abs(other.opens - window.opens) <= 2 * DAY
    const isTwin = other.times_of !== window.times_of || other.start === window.start
    if (other === window || !isSameDay || !isNear || !isTwin) return false
    const session = other.sessions.get(computer)
    return session !== undefined && (isLeft(session) || session.state === 'passed')
  })
}

const newSession = (former: ModelSession | undefined): ModelSession => ({
  state: 'pending',
  why: '',
  is_moved: former?.is_moved ?? false,
  is_withdrawn: false,
})

/** What a window that opens means for sessions that wait: see `docs/schedules.md`. */
function takeOver(state: ModelState, window: ModelWindow) {
  for (const earlier of state.windows.values()) {
    if (earlier === window) continue
    for (const [computer, session] of earlier.sessions) {
      if (session.state !== 'postponed') continue
      const own = window.sessions.get(computer)
      if (own && isLeft(own)) endSession(earlier, session, 'skipped', 'taken_over')
      if (own || window.cause === 'run_now') continue
      const place = placeOf(state, computer)
      if (place === undefined || place === `${window.times_of} ${window.zone}`)
        endSession(earlier, session, 'missed', 'not_covered_next')
      else if (!isComing(state, place)) endSession(earlier, session, 'missed', 'in_vain')
    }
  }
}

/** The times and the zone that count for a computer now; undefined where the schedule is off. */
function placeOf(state: ModelState, computer: number) {
  const id = state.computers.get(computer)!
  const times_of = timesAt(state, id)
  const times = times_of === undefined ? undefined : timesInForce(state).get(times_of)
  const { zone } = state.sites.find((site) => site.id === id)!
  return times && `${times_of} ${times.zone ?? zone}`
}

const isComing = (state: ModelState, place: string) =>
  state.next.has(place) ||
  [...state.windows.values()].some(
    (one) => `${one.times_of} ${one.zone}` === place && isUnfinished(one),
  )

/** Of several zones, one without computers leaves no trace. */
function recordNobody(state: ModelState, window: ModelWindow) {
  const counts = timesInForce(state).has(window.times_of)
  if (counts && zonesOf(state, window.times_of).size > 1) state.windows.delete(window.id)
  else putWindow(window, 'skipped', 'nobody')
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
