import {
  DAY,
  type ModelSession,
  type ModelState,
  type ModelWindow,
  coveredBy,
  endSession,
  isLeft,
  isUnfinished,
  putWindow,
  timesAt,
  timesInForce,
  zonesOf,
} from './state.ts'

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

export const isWaiting = ({ state }: ModelSession) => state === 'pending' || state === 'waiting'

/** Whether a computer has its turn of that day on another clock, or by times of another's own. */
function hadTurn(state: ModelState, window: ModelWindow, computer: number) {
  if (window.start.startsWith('#')) return false
  return [...state.windows.values()].some((other) => {
    const isSameDay = other.start.slice(0, 10) === window.start.slice(0, 10)
    const isNear = Math.abs(other.opens - window.opens) <= 2 * DAY
    const isTwin = other.times_of !== window.times_of || other.start === window.start
    if (other === window || other.is_ahead || !isSameDay || !isNear || !isTwin) return false
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
export function placeOf(state: ModelState, computer: number) {
  const id = state.computers.get(computer)!
  const times_of = timesAt(state, id)
  const times = times_of === undefined ? undefined : timesInForce(state).get(times_of)
  const { zone } = state.sites.find((site) => site.id === id)!
  return times && `${times_of} ${times.zone ?? zone}`
}

export const isComing = (state: ModelState, place: string) =>
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

/** Whether nothing is to come of a window any more. */
export const isOver = ({ sessions }: ModelWindow) => ![...sessions.values()].some(isLeft)
