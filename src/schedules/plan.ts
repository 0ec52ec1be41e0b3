import type { Reads } from '../db/connection.ts'
import { prepared } from '../db/prepared.ts'
import { everyTenant } from '../db/scope-guard.ts'
import { idTable } from '../db/search.ts'
import type { OwnedSchedule } from './queries.ts'
import { type ScheduleRegion, regionsOfEach, standingIn } from './regions.ts'
import { type Times, readOverride, recurrenceOf } from './stored.ts'
import { type Window, addElapsed, nextWindow } from './windows.ts'
import { type Zones, zonesOf } from './tenant-zones.ts'

/** A next window: whose times it follows, and when. */
type Planned = { times_of: number; window: Window }

/** A schedule with how it stands in its branch, and with the times that count somewhere there. */
export type LaidOut = {
  schedule: OwnedSchedule
  regions: ScheduleRegion[]
  /** By the override whose times they are; 0 for the schedule's own. */
  times: Map<number, Times>
}

const overridesById = prepared((db, { ids }: { ids: string }) =>
  everyTenant(db)
    .selectFrom('schedule_override')
    .selectAll()
    .where('id', 'in', (eb) => eb.selectFrom(idTable(ids)).select('listed.id')),
)

/** Lays out some schedules: where each stands how, and when. */
export async function layOut(db: Reads, schedules: readonly OwnedSchedule[]): Promise<LaidOut[]> {
  const regionsOf = await regionsOfEach(db, schedules)
  const wanted = new Set([...regionsOf.values()].flatMap(timesOn))
  wanted.delete(0)
  const ids = JSON.stringify([...wanted])
  const rows = wanted.size > 0 ? await overridesById(db, { ids }) : []
  const own = new Map(rows.map((row) => [row.id, readOverride(row).times!]))
  return schedules.map((schedule) => {
    const regions = regionsOf.get(schedule.id)!
    const ids = [...new Set(timesOn(regions))].sort((one, other) => one - other)
    const times = new Map(ids.map((id) => [id, id === 0 ? schedule : own.get(id)!]))
    return { schedule, regions, times }
  })
}

/** The same for one schedule. */
export const layOutOne = async (db: Reads, schedule: OwnedSchedule) =>
  (await layOut(db, [schedule]))[0]!

/** Says whose times count for the tenant with a path; undefined where the schedule is not on. */
export function timesIn({ regions, times }: Pick<LaidOut, 'regions' | 'times'>) {
  const standingAt = standingIn(regions)
  return (path: string) => {
    const standing = standingAt(path)
    const own = standing?.effect === 'on' ? times.get(standing.times_of) : undefined
    return own && { times_of: standing!.times_of, times: own }
  }
}

const timesOn = (regions: ScheduleRegion[]) =>
  regions
    .filter(({ standing }) => standing.effect === 'on')
    .map(({ standing }) => standing.times_of)

/** Until when the windows of some times in a zone have been dealt with. */
type DealtWith = (times_of: number, zone: string) => string

/**
 * The next windows of a schedule, in each zone; none where it is off.
 *
 * @param after an instant: they open after it; or what says it for each of its times and zones
 */
export async function planSchedule(
  db: Reads,
  { schedule, times }: LaidOut,
  zones: Zones,
  after: string | DealtWith,
): Promise<Planned[]> {
  if (schedule.state !== 'enabled') return []
  const planned: Planned[] = []
  for (const [times_of, own] of times)
    for (const zone of await zonesOf(db, zones, own, schedule.path)) {
      const from = typeof after === 'string' ? after : after(times_of, zone)
      const window = nextWindow(recurrenceOf(own), zone, from)
      if (window) planned.push({ times_of, window })
    }
  return planned
}

/** When detection starts: so long before the window, or with it. */
export function detectAt(
  { detection_minutes }: Pick<OwnedSchedule, 'detection_minutes'>,
  { opens_at }: Pick<Window, 'opens_at'>,
) {
  return detection_minutes === null ? opens_at : addElapsed(opens_at, -detection_minutes)
}

/** The columns of a next window. */
export const NEXT = [
  'schedule_id',
  'override_id',
  'zone',
  'local_start',
  'starts_at',
  'ends_at',
  'detect_at',
] as const

/** A next window as it is kept. */
export const nextRow = (
  schedule: OwnedSchedule,
  { times_of, window: { zone, start, opens_at, closes_at } }: Planned,
) => ({
  schedule_id: schedule.id,
  override_id: times_of,
  zone,
  local_start: start,
  starts_at: opens_at,
  ends_at: closes_at,
  detect_at: detectAt(schedule, { opens_at }),
})
