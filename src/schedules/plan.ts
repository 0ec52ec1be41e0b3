import type { Reads } from '../db/connection.ts'
import { everyTenant } from '../db/scope-guard.ts'
import type { OwnedSchedule } from './queries.ts'
import { type ScheduleRegion, regionsOf } from './regions.ts'
import { type Times, readOverride, recurrenceOf } from './stored.ts'
import { type Window, nextWindow } from './windows.ts'
import { type Zones, zonesOf } from './tenant-zones.ts'

/** A next window: whose times it follows, and when. */
export type Planned = { times_of: number; window: Window; detect_at: string }

/** The times that count somewhere in the branch of a schedule, by the override they are of (or 0). */
export async function timesInForce(
  db: Reads,
  schedule: OwnedSchedule,
  regions: ScheduleRegion[],
): Promise<Map<number, Times>> {
  const wanted = new Set(
    regions
      .filter(({ standing }) => standing.effect === 'on')
      .map(({ standing }) => standing.times_of),
  )
  const times = new Map<number, Times>()
  if (wanted.delete(0)) times.set(0, schedule)
  if (wanted.size === 0) return times
  const rows = await everyTenant(db)
    .selectFrom('schedule_override')
    .selectAll()
    .where('id', 'in', [...wanted])
    .execute()
  for (const row of rows) times.set(row.id, readOverride(row).times!)
  return times
}

/** Until when the windows of some times in a zone have been dealt with. */
type DealtWith = (times_of: number, zone: string) => string

/**
 * The next windows of a schedule, in each zone; none where it is off.
 *
 * @param after an instant: they open after it; or what says it for each of its times and zones
 */
export async function planSchedule(
  db: Reads,
  schedule: OwnedSchedule,
  zones: Zones,
  after: string | DealtWith,
): Promise<Planned[]> {
  if (schedule.state !== 'enabled') return []
  const times = await timesInForce(db, schedule, await regionsOf(db, schedule))
  const planned: Planned[] = []
  for (const [times_of, own] of times)
    for (const zone of await zonesOf(db, zones, own, schedule.path)) {
      const from = typeof after === 'string' ? after : after(times_of, zone)
      const window = nextWindow(recurrenceOf(own), zone, from)
      if (window) planned.push({ times_of, window, detect_at: detectAt(schedule, window) })
    }
  return planned
}

/** When detection starts: so long before the window, or with it. */
export function detectAt(
  { detection_minutes }: Pick<OwnedSchedule, 'detection_minutes'>,
  { opens_at }: Pick<Window, 'opens_at'>,
) {
  if (detection_minutes === null) return opens_at
  return Temporal.Instant.from(opens_at)
    .subtract({ minutes: detection_minutes })
    .toString({ smallestUnit: 'millisecond' })
}

/** A next window as it is kept. */
export const nextRow = (
  schedule_id: number,
  { times_of, window: { zone, start, opens_at, closes_at }, detect_at }: Planned,
) => ({
  schedule_id,
  override_id: times_of,
  zone,
  local_start: start,
  starts_at: opens_at,
  ends_at: closes_at,
  detect_at,
})
