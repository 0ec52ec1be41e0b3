import { permits } from '../access/decide.ts'
import { type Asker, requireTenant, visibleScope } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import { inScope } from '../db/scope.ts'
import { everyTenant } from '../db/scope-guard.ts'
import { windowStates } from '../maintenance/words.ts'
import { readOwned } from './queries.ts'
import { endOf } from './regions.ts'
import { listStanding } from './standing.ts'
import { recurrenceOf, type Times } from './stored.ts'
import { type Zones, zoneFor } from './tenant-zones.ts'
import { type Window, windowsBetween } from './windows.ts'

/** Schedules that a calendar shows, windows of each, and windows that were, in all. */
const MOST_SCHEDULES = 60
const MOST_WINDOWS = 250
const MOST_PAST = 1000

/** A window in a calendar, of whatever time. */
export type Entry = {
  /** What tells it from all others, always the same. */
  key: string
  schedule_id: number
  name: string
  opens_at: string
  closes_at: string
  zone: string
  /** What became of it, in words; '' while it is to come. */
  state: string
  /** The id of one that came, for whoever may open its page; null else. */
  window_id: number | null
  /** Whether the page of its schedule may be opened. */
  opens_schedule: boolean
}

type Range = { from: string; to: string }
type Place = { id: number; path: string }

/** A schedule whose windows come to a place, with the times and the zone that count there. */
type Line = {
  id: number
  name: string
  path: string
  enabled: boolean
  times_of: number | null
  times: Times
  zone: string
}

/**
 * The windows of a tenant in a time, in order: of the schedules that reach it, and of those that
 * tenants below it own, as far as the asker sees these. What came is told as it was, what comes as
 * the rules say.
 */
export async function listEntries(
  db: Reads,
  asker: Asker,
  place: Place,
  zones: Zones,
  { from, to }: Range,
  now: string,
): Promise<{ entries: Entry[]; is_partial: boolean }> {
  const { lines, is_partial } = await linesAt(db, asker, place, zones)
  const past = from < now ? await pastEntries(db, asker, lines, { from, to }) : []
  const coming = lines.flatMap((line) => comingEntries(asker, line, { from, to }, now))
  const entries = [...past, ...coming].toSorted((one, other) =>
    one.opens_at === other.opens_at
      ? one.name.localeCompare(other.name)
      : one.opens_at < other.opens_at
        ? -1
        : 1,
  )
  return { entries, is_partial: is_partial || past.length === MOST_PAST }
}

async function linesAt(db: Reads, asker: Asker, { id, path }: Place, zones: Zones) {
  const at = await requireTenant(db, asker, 'schedule.view', id)
  const standing = (await listStanding(db, at)).filter(({ standing }) => standing.effect === 'on')
  const below = await ownedBelow(db, asker, path)
  const lines = [
    ...standing.map((one) => ({ ...one, at: path, times_of: one.standing.times_of })),
    ...below.map((one) => ({ ...one, at: one.path, times: one as Times, times_of: null })),
  ].map((one): Line => ({
    id: one.id,
    name: one.name,
    path: one.path,
    enabled: one.state === 'enabled',
    times_of: one.times_of,
    times: one.times,
    zone: zoneFor(one.times, zones, { path: one.at, time_zone: '' }),
  }))
  return { lines: lines.slice(0, MOST_SCHEDULES), is_partial: lines.length > MOST_SCHEDULES }
}

/** The schedules of the tenants below a path that the asker sees. */
async function ownedBelow(db: Reads, asker: Asker, path: string) {
  const rows = await db
    .selectFrom('schedule')
    .innerJoin('tenant', 'tenant.id', 'schedule.tenant_id')
    .selectAll('schedule')
    .select(['tenant.name as tenant_name', 'tenant.path'])
    .where('schedule.state', '=', 'enabled')
    .where('tenant.path', '>', path)
    .where('tenant.path', '<', endOf(path))
    .where(inScope(visibleScope(asker, 'schedule.view'), 'tenant.path'))
    .orderBy('schedule.name_key')
    .orderBy('schedule.id')
    .limit(MOST_SCHEDULES + 1)
    .execute()
  return rows.map(readOwned)
}

async function pastEntries(db: Reads, asker: Asker, lines: Line[], { from, to }: Range) {
  const byId = new Map(lines.map((line) => [line.id, line]))
  const rows = await everyTenant(db)
    .selectFrom('maintenance_window as window')
    .select(['window.id', 'window.schedule_id', 'window.override_id', 'window.zone'])
    .select(['window.local_start', 'window.starts_at', 'window.ends_at', 'window.state'])
    .where('window.schedule_id', 'in', [...byId.keys(), 0])
    .where('window.starts_at', '>=', from)
    .where('window.starts_at', '<', to)
    .orderBy('window.starts_at')
    .limit(MOST_PAST)
    .execute()
  return rows
    .map((row) => ({ row, line: byId.get(row.schedule_id)! }))
    .filter(
      ({ row, line }) =>
        line.times_of === null || (line.times_of === row.override_id && line.zone === row.zone),
    )
    .map(({ row, line }): Entry => {
      const opens = permits(asker.access, 'schedule.view', line.path)
      return {
        key: keyOf(row.schedule_id, row.override_id, row.zone, row.local_start),
        schedule_id: line.id,
        name: line.name,
        opens_at: row.starts_at,
        closes_at: row.ends_at,
        zone: row.zone,
        state: windowStates[row.state],
        window_id: opens ? row.id : null,
        opens_schedule: opens,
      }
    })
}

function comingEntries(asker: Asker, line: Line, { from, to }: Range, now: string): Entry[] {
  const after = from > now ? from : now
  if (!line.enabled || to <= after) return []
  const range = { from: after, to, limit: MOST_WINDOWS }
  return windowsBetween(recurrenceOf(line.times), line.zone, range)
    .filter(({ opens_at }) => opens_at > now && opens_at >= from)
    .map((window) => entryOf(asker, line, window))
}

const entryOf = (asker: Asker, line: Line, window: Window): Entry => ({
  key: keyOf(line.id, line.times_of ?? 0, line.zone, window.start),
  schedule_id: line.id,
  name: line.name,
  opens_at: window.opens_at,
  closes_at: window.closes_at,
  zone: line.zone,
  state: '',
  window_id: null,
  opens_schedule: permits(asker.access, 'schedule.view', line.path),
})

/** The key by which a window opens but once. */
const keyOf = (schedule_id: number, times_of: number, zone: string, local_start: string) =>
  `${schedule_id}-${times_of}-${zone}-${local_start}`
