import type { Reads } from '../db/connection.ts'
import { prepared } from '../db/prepared.ts'
import { givenTable, rowsJson } from '../db/row-table.ts'
import { everyTenant } from '../db/scope-guard.ts'
import { type Decision, decideWindows, dueAndNext } from '../schedules/catch-up.ts'
import { detectAt } from '../schedules/plan.ts'
import { recurrenceOf } from '../schedules/stored.ts'
import { type Window, addElapsed } from '../schedules/windows.ts'
import { PLACE, type Place, type PlaceKey, keyOf, textOf } from './place.ts'
import { type Unfinished, listUnfinished } from './queue.ts'
import type { Came } from './record.ts'
import { reasonInWords } from './words.ts'

/** Windows that were missed are recorded one by one, up to so many of one time. */
const MOST_MISSED = 50

/** A time that is due: the first of those that came at `starts_at`. */
export type Due = PlaceKey & { starts_at: string }

/** What was before: the last start that was recorded, and what is not over yet. */
export type Past = { last_start: string | undefined; unfinished: Unfinished[] }

/**
 * The last time that was recorded, in one zone or in any: not by a clock that was ahead. What an order
 * started has no place among them.
 */
const lastStarts = (where: 'there' | 'anywhere') =>
  prepared((db, { keys, now }: { keys: string; now: string }) =>
    everyTenant(db)
      .selectFrom(givenTable<PlaceKey>(keys, PLACE))
      .select(['given.schedule_id', 'given.override_id', 'given.zone'])
      .select((eb) => {
        const last = eb
          .selectFrom('maintenance_window as last')
          .select('last.local_start')
          .whereRef('last.schedule_id', '=', 'given.schedule_id')
          .whereRef('last.override_id', '=', 'given.override_id')
          .where('last.local_start', '>=', '0')
          .where('last.opened_at', '<=', now)
          .orderBy('last.local_start', 'desc')
          .limit(1)
        return (where === 'there' ? last.whereRef('last.zone', '=', 'given.zone') : last).as(
          'last_start',
        )
      }),
  )

const lastStartsThere = lastStarts('there')

/** A schedule that moved from one fixed zone to another does not run twice in a night. */
const lastStartsAnywhere = lastStarts('anywhere')

/** Reads what was before some places. */
export async function readPast(
  db: Reads,
  places: readonly Place[],
  now: string,
): Promise<(key: PlaceKey) => Past> {
  const keys = places.map(keyOf)
  const [fixed, others] = [true, false].map((is_fixed) =>
    places.filter(({ times }) => (times.zone_of === 'fixed') === is_fixed).map(keyOf),
  ) as [PlaceKey[], PlaceKey[]]
  const rows = [
    ...(fixed.length > 0
      ? await lastStartsAnywhere(db, { keys: rowsJson(fixed, PLACE), now })
      : []),
    ...(others.length > 0 ? await lastStartsThere(db, { keys: rowsJson(others, PLACE), now }) : []),
  ]
  const starts = new Map(rows.map((row) => [textOf(row), row.last_start ?? undefined]))
  const unfinished = await listUnfinished(db, keys)
  return (key) => {
    const name = textOf(key)
    return { last_start: starts.get(name), unfinished: unfinished.get(name) ?? [] }
  }
}

/** What becomes of the windows that came, as it is to be recorded; and which comes next. */
export function decide(
  place: Place,
  { starts_at }: Due,
  { last_start, unfinished }: Past,
  now: string,
): { came: Came[]; next: Window | undefined } {
  const { schedule, times, zone } = place
  const { due, next } = dueAndNext(recurrenceOf(times), zone, {
    since: addElapsed(starts_at, -1 / 60_000),
    now: addElapsed(now, schedule.detection_minutes ?? 0),
    ...(last_start !== undefined && { last_start }),
  })
  if (due.length === 0) return { came: [], next }
  const decisions = decideWindows(due, {
    now,
    missed: schedule.missed,
    within_days: schedule.missed_days,
    overlap: schedule.overlap,
    unfinished,
  })
  return { came: recorded(decisions).map((decision) => cameOf(place, decision, now)), next }
}

type Recorded = Decision & { before?: number }

/** The decisions that are recorded, each by itself; the first says how many there were before it. */
function recorded(decisions: Decision[]): Recorded[] {
  const missed = decisions.filter(({ outcome }) => outcome === 'missed')
  const before = new Set(missed.slice(0, Math.max(0, missed.length - MOST_MISSED)))
  if (before.size === 0) return decisions
  const rest = decisions.filter((decision) => !before.has(decision))
  return rest.map((decision, at) => (at === 0 ? { ...decision, before: before.size } : decision))
}

function cameOf(
  place: Place,
  { window, outcome, reason, closes_at, before = 0 }: Recorded,
  now: string,
): Came {
  const isLate = outcome === 'catch_up' || (outcome === 'queued' && closes_at === undefined)
  const opens = outcome === 'open' || outcome === 'catch_up'
  const words = [reasonInWords(reason), before > 0 ? `So it was with ${before} before it.` : '']
  return {
    opening: { ...place, local_start: window.start },
    term: {
      starts_at: outcome === 'catch_up' ? now : window.opens_at,
      ends_at: closes_at ?? window.closes_at,
      detect_at: outcome === 'catch_up' ? now : detectAt(place.schedule, window),
      cause: isLate ? 'caught_up' : 'due',
    },
    state: opens ? 'open' : outcome === 'queued' ? 'queued' : 'skipped',
    reason: words.filter(Boolean).join(' '),
  }
}
