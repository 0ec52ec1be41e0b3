import type { Calendar, Minutes } from './calendar.ts'

/** When windows open on a clock, how long they stay open, and on whose clock: a zone's, or each tenant's. */
export type ModelTimes = {
  /** Times of day, with the days of the week (0 is Sunday) on which they count. */
  starts: { time: string; days: number[] }[]
  length: Minutes
  zone: string | null
}

export type Facts = ModelTimes & {
  detection: Minutes
  missed: 'skip' | 'once' | 'all'
  missed_days: number
  overlap: 'skip' | 'queue'
  unfinished: 'miss' | 'wait'
}

/** One that is withdrawn, for its computer went where the schedule is off, may come again. */
export type ModelSession = {
  state: string
  why: string
  is_moved: boolean
  is_withdrawn: boolean
}

/** Instants are in milliseconds. */
export type ModelWindow = {
  id: string
  times_of: number
  zone: string
  start: string
  opens: number
  closes: number
  cause: string
  state: string
  why: string
  recorded_at: number
  /** Found by detection, and not begun yet. */
  is_ahead: boolean
  /** It is over, or one of its sessions is: the next look sees to it. */
  is_noted: boolean
  sessions: Map<number, ModelSession>
}

/** The tenants of the model: where they are, and whose zone they have. */
export type Site = { id: number; zone: string }

/** One schedule for all tenants, what one of them decides about it, and all that came of it. */
export type ModelState = {
  calendars: Map<string, Calendar>
  sites: Site[]
  /** Which site each computer is at. */
  computers: Map<number, number>
  is_enabled: boolean
  facts: Facts
  /** What the site that may decide decides; `times` where it has its own. */
  override: { id: number; site: number; form: 'off' | 'own'; times: ModelTimes | null } | null
  windows: Map<string, ModelWindow>
  /** The next start of each of the times in each zone. */
  next: Map<string, string>
  /** Since when windows are to be worked out anew. */
  noted_at: number | null
}

export const MINUTE = 60_000
export const DAY = 1440 * MINUTE

/** A window comes to a state, and is seen to if it is over with that. */
export function putWindow(window: ModelWindow, state: string, why: string) {
  const was = isUnfinished(window)
  Object.assign(window, { state, why })
  if (was && !isUnfinished(window)) window.is_noted = true
}

/** A session comes to its end. */
export function endSession(window: ModelWindow, session: ModelSession, state: string, why: string) {
  Object.assign(session, { state, why })
  window.is_noted = true
}

export const isUnfinished = ({ state }: ModelWindow) => state === 'open' || state === 'queued'
export const isLeft = ({ state }: ModelSession) => ['pending', 'waiting', 'running'].includes(state)

/** The times that count somewhere: of the override whose they are, or 0. */
export function timesInForce({ override, facts }: ModelState) {
  const times = new Map<number, ModelTimes>([[0, facts]])
  if (override?.form === 'own') times.set(override.id, override.times!)
  return times
}

/** Which times count at a site; undefined where the schedule is off. */
export function timesAt({ override }: ModelState, site: number) {
  if (override?.site !== site) return 0
  return override.form === 'off' ? undefined : override.id
}

/** The zones in which some times may have windows. */
export function zonesOf(state: ModelState, times_of: number) {
  const { zone } = timesInForce(state).get(times_of)!
  if (zone) return new Set([zone])
  return new Set(state.sites.map((site) => site.zone))
}

/** The computers that a window of these times in this zone covers. */
export function coveredBy(state: ModelState, times_of: number, zone: string) {
  const times = timesInForce(state).get(times_of)
  const zoneAt = new Map(state.sites.map((site) => [site.id, site.zone]))
  return [...state.computers]
    .filter(([, site]) => timesAt(state, site) === times_of)
    .filter(([, site]) => (times?.zone ?? zoneAt.get(site)) === zone)
    .map(([computer]) => computer)
}

/** One window as its times say. */
export type Slot = { start: string; opens: number; closes: number }

const timeOf = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3))
const known = new WeakMap<Calendar, Map<string, Slot[]>>()

/** Every window that these times ever have in a zone, in order. */
export function slotsOf(state: ModelState, times: ModelTimes, zone: string): Slot[] {
  const calendar = state.calendars.get(zone)!
  const kept = known.get(calendar) ?? new Map<string, Slot[]>()
  known.set(calendar, kept)
  const name = JSON.stringify([times.starts, times.length])
  const found = kept.get(name) ?? listSlots(calendar, times)
  kept.set(name, found)
  return found
}

function listSlots(calendar: Calendar, { starts, length }: ModelTimes) {
  const slots = new Map<string, Slot>()
  for (const day of calendar.days.slice(1, -4))
    for (const { time, days } of starts) {
      if (!days.includes(new Date(day * MINUTE).getUTCDay())) continue
      const clock = day + timeOf(time)
      const opens = calendar.reached(clock) * MINUTE
      const usual = calendar.reached(clock + length) * MINUTE
      const start = new Date(clock * MINUTE).toISOString().slice(0, 16)
      slots.set(start, { start, opens, closes: usual > opens ? usual : opens + length * MINUTE })
    }
  return [...slots.values()].sort((one, other) => (one.start < other.start ? -1 : 1))
}
