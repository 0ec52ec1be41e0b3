import type { Reads } from '../db/connection.ts'
import { prepared } from '../db/prepared.ts'
import { everyTenant } from '../db/scope-guard.ts'
import { nearest } from '../schedules/regions.ts'
import type { ScheduleRegion } from '../schedules/regions.ts'
import type { OwnedSchedule } from '../schedules/queries.ts'
import type { Times } from '../schedules/stored.ts'
import { type Zones, zoneFor } from '../schedules/tenant-zones.ts'

/** A computer for which a schedule is meant. */
export type Candidate = {
  id: number
  tenant_id: number
  path: string
  time_zone: string
  excluded: boolean
}

/** A window by what tells whose it is: the times that it follows, and its zone. */
export type WindowOf = { times_of: number; times: Times; zone: string }

/** Tells of a candidate whether one window is its own, by where it is and which clock it has. */
export function openTo(
  regions: ScheduleRegion[],
  zones: Zones,
  { times_of, times, zone }: WindowOf,
): (candidate: Candidate) => boolean {
  const byPath = new Map(regions.map(({ path, standing }) => [path, standing]))
  return (candidate) => {
    const standing = nearest(byPath, candidate.path)
    if (standing?.effect !== 'on' || standing.times_of !== times_of) return false
    return zoneFor(times, zones, candidate) === zone
  }
}
