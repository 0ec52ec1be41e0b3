import { permits, permitsThroughout } from '../access/decide.ts'
import type { Asker } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import type { WindowState } from '../db/schedule-schema.ts'
import { compareTexts } from '../order.ts'
import { type CameWindow, listCame, withSessionsAt } from './came.ts'
import { layOut } from './plan.ts'
import type { OwnedSchedule } from './queries.ts'
import { type TenantPlace, listReaching } from './reaching.ts'
import { type Series, keyOf, seriesAt } from './series.ts'
import { recurrenceOf } from './stored.ts'
import type { Zones } from './tenant-zones.ts'
import { type Window, windowsBetween } from './windows.ts'

/** Schedules that a calendar shows, series of all of them, and windows of each series. */
const MOST_SCHEDULES = 60
/** Schedules that were deleted, of which it shows what came. */
const MOST_DELETED = 20
const MOST_SERIES = 90
const MOST_WINDOWS = 600

/** A window in a calendar, of whatever time. */
export type Entry = {
  /** What tells it from all others, always the same. */
  key: string
  schedule_id: number
  name: string
  opens_at: string
  closes_at: string
  zone: string
  /** What became of it; null while it is to come. */
  state: WindowState | null
  /** The id of one that came, for whoever may open its page; null else. */
  window_id: number | null
  /** Whether the page of its schedule may be opened. */
  opens_schedule: boolean
}

/** Windows in order, and what was left out. */
export type Entries = {
  entries: Entry[]
  /** Schedules that were not looked at, as `listReaching` counts them. */
  more_schedules: number
  /** Times and zones of those that were looked at, whose windows are left out. */
  more_series: number
  /** Whether there are more windows still than are shown. */
  is_cut: boolean
}

type Range = { from: string; to: string }

/** A schedule with its series at a place. */
type Line = { schedule: OwnedSchedule; series: Series[]; opens: boolean; is_inside: boolean }

/**
 * The windows of a tenant in a time, in order: of the schedules that reach it, and of those that
 * tenants below it own, at their own times there and on each clock that is followed there, as far as
 * the asker sees these. What came is told as it was, what comes as the rules say.
 */
export async function listEntries(
  db: Reads,
  asker: Asker,
  place: TenantPlace,
  zones: Zones,
  { from, to }: Range,
  now: string,
): Promise<Entries> {
  const { lines, ...left_out } = await linesAt(db, asker, place, zones)
  const past = await pastEntries(db, asker, lines, place.path, { from, to })
  const known = new Set(past.entries.map(({ key }) => key))
  const coming = lines.map((line) => comingEntries(line, { from, to }, now))
  const entries = [
    ...past.entries,
    // One that was opened before its time, for detection, is there already.
    ...coming.flatMap(({ entries }) => entries).filter(({ key }) => !known.has(key)),
  ]
  const is_cut = past.is_cut || coming.some((one) => one.is_cut)
  return { entries: entries.toSorted(inOrder), ...left_out, is_cut }
}

const inOrder = (one: Entry, other: Entry) =>
  compareTexts(one.opens_at, other.opens_at) ||
  compareTexts(one.name, other.name) ||
  compareTexts(one.key, other.key)

async function linesAt(db: Reads, asker: Asker, place: TenantPlace, zones: Zones) {
  const wanted = { states: ['enabled', 'disabled'], limit: MOST_SCHEDULES } as const
  const { schedules, more } = await listReaching(db, asker, place, wanted)
  const former = { states: ['deleted'], limit: MOST_DELETED } as const
  const deleted = await listReaching(db, asker, place, former)
  const read = seriesAt(db, asker, zones, place.path)
  const lines: Line[] = []
  let left = MOST_SERIES
  let more_series = 0
  for (const { schedule, ...layout } of await layOut(db, [...schedules, ...deleted.schedules])) {
    const all = schedule.state === 'deleted' ? [] : await read(schedule, layout)
    const series = all.slice(0, left)
    left -= series.length
    more_series += all.length - series.length
    lines.push({
      schedule,
      series,
      opens: permits(asker.access, 'schedule.view', schedule.path),
      is_inside:
        schedule.path.startsWith(place.path) &&
        permitsThroughout(asker.access, 'schedule.view', schedule.path),
    })
  }
  return { lines, more_schedules: more, more_series }
}

/**
 * What came of the schedules: all of it where all of it came there; otherwise that of the series, and
 * of what the schedule had there then as far as there were sessions.
 */
async function pastEntries(db: Reads, asker: Asker, lines: Line[], path: string, range: Range) {
  const byId = new Map(lines.map((line) => [line.schedule.id, line]))
  const { rows, is_cut } = await listCame(db, [...byId.keys()], range)
  const isOfNow = ({ schedule_id, override_id, zone }: CameWindow) => {
    const { series, is_inside } = byId.get(schedule_id)!
    return is_inside || series.some((one) => one.times_of === override_id && one.zone === zone)
  }
  const former = await withSessionsAt(
    db,
    asker,
    rows.filter((row) => !isOfNow(row)),
    path,
  )
  const entries = rows
    .filter((row) => former.ids.has(row.id) || isOfNow(row))
    .map((row): Entry => {
      const { schedule, opens } = byId.get(row.schedule_id)!
      return {
        key: entryKey(row.schedule_id, row.override_id, row.zone, row.local_start),
        schedule_id: schedule.id,
        name: schedule.name,
        opens_at: row.starts_at,
        closes_at: row.ends_at,
        zone: row.zone,
        state: row.state,
        window_id: opens ? row.id : null,
        opens_schedule: opens,
      }
    })
  return { entries, is_cut: is_cut || former.is_cut }
}

function comingEntries({ schedule, series, opens }: Line, { from, to }: Range, now: string) {
  const after = from > now ? from : now
  if (schedule.state !== 'enabled' || to <= after) return { entries: [], is_cut: false }
  const range = { from: after, to, limit: MOST_WINDOWS }
  const lists = series.map((one) => ({
    one,
    windows: windowsBetween(recurrenceOf(one.times), one.zone, range),
  }))
  return {
    entries: lists.flatMap(({ one, windows }) =>
      windows
        .filter(({ opens_at }) => opens_at > now)
        .map((window) => entryOf(schedule, one, window, opens)),
    ),
    is_cut: lists.some(({ windows }) => windows.length === MOST_WINDOWS),
  }
}

const entryOf = (
  { id, name }: OwnedSchedule,
  { times_of, zone }: Series,
  { start, opens_at, closes_at }: Window,
  opens: boolean,
): Entry => ({
  key: entryKey(id, times_of, zone, start),
  schedule_id: id,
  name,
  opens_at,
  closes_at,
  zone,
  state: null,
  window_id: null,
  opens_schedule: opens,
})

/** The key by which a window opens but once. */
const entryKey = (schedule_id: number, times_of: number, zone: string, local_start: string) =>
  `${schedule_id}-${keyOf(times_of, zone).replace(' ', '-')}-${local_start}`
