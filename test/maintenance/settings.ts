import type { ScheduleInput } from '../../src/schedules/commands.ts'
import { NIGHTLY } from '../support/schedules.ts'
import type { Facts, ModelTimes } from './model/state.ts'

type Chance = () => number

/** Numbers from 0 to below 1, always the same for a seed (mulberry32). */
export function chanceFrom(seed: number): Chance {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let hash = Math.imul(state ^ (state >>> 15), 1 | state)
    hash = (hash + Math.imul(hash ^ (hash >>> 7), 61 | hash)) ^ hash
    return ((hash ^ (hash >>> 14)) >>> 0) / 2 ** 32
  }
}

const pick = <Item>(chance: Chance, items: readonly Item[]) =>
  items[Math.floor(chance() * items.length)]!

const TIMES = ['00:00', '00:30', '01:45', '02:10', '02:30', '03:00', '12:00', '22:00', '23:45']
const DAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA']
const EVERY_DAY = [0, 1, 2, 3, 4, 5, 6]

/** Any times of day, mostly of every day, mostly on the clock of each tenant. */
export function timesBy(chance: Chance): ModelTimes {
  const times = [...new Set([pick(chance, TIMES), pick(chance, TIMES)])]
  const days = () => (chance() < 0.8 ? EVERY_DAY : EVERY_DAY.filter(() => chance() < 0.7))
  return {
    starts: times.map((time) => ({ time, days: days() })).filter((one) => one.days.length > 0),
    length: pick(chance, [30, 240, 1500]),
    zone: chance() < 0.8 ? null : pick(chance, ['UTC', 'Asia/Tokyo', 'Europe/Berlin']),
  }
}

export function factsBy(chance: Chance): Facts {
  return {
    ...timesBy(chance),
    detection: pick(chance, [0, 0, 60, 2880]),
    missed: pick(chance, ['skip', 'once', 'all'] as const),
    missed_days: pick(chance, [1, 7]),
    overlap: pick(chance, ['skip', 'queue'] as const),
    unfinished: pick(chance, ['miss', 'wait'] as const),
  }
}

/** Times as somebody would write them into a schedule. */
export const timesOf = ({ starts, length, zone }: ModelTimes) => ({
  rules: starts.map(({ time, days }) => ({
    rrule:
      days.length === 7 ? 'FREQ=DAILY' : `FREQ=WEEKLY;BYDAY=${days.map((day) => DAYS[day]).join()}`,
    start: `2026-01-01T${time}`,
  })),
  window_minutes: length,
  ...(zone ? { zone_of: 'fixed' as const, zone } : { zone_of: 'tenant' as const, zone: null }),
})

export const inputOf = (facts: Facts): ScheduleInput => ({
  ...NIGHTLY,
  ...timesOf(facts),
  detection_minutes: facts.detection || null,
  missed: facts.missed,
  missed_days: facts.missed_days,
  overlap: facts.overlap,
  unfinished: facts.unfinished,
})
