import type { Reads } from '../db/connection.ts'
import { everyTenant } from '../db/scope-guard.ts'
import { idsIn } from '../db/search.ts'
import { isUnfinished } from '../db/session-table.ts'
import { layOut, timesIn } from '../schedules/plan.ts'
import { findSchedules } from '../schedules/queries.ts'
import { type Zones, zoneFor } from '../schedules/tenant-zones.ts'
import { PLACE, type PlaceKey, textOf } from './place.ts'

type Waiting = { schedule_id: number; path: string; time_zone: string }

/** Tells of computers whether a window of their schedule is to come where they are now. */
export async function readComing(db: Reads, ids: number[], zones: Zones) {
  const schedules = [...(await findSchedules(db, ids)).values()]
  const timesAt = new Map(
    (await layOut(db, schedules)).map((one) => [one.schedule.id, timesIn(one)]),
  )
  const coming = new Set((await listComing(db, ids)).map(textOf))
  return ({ schedule_id, path, time_zone }: Waiting) => {
    const own = timesAt.get(schedule_id)?.(path)
    if (!own) return false
    const zone = zoneFor(own.times, zones, { path, time_zone })
    return coming.has(textOf({ schedule_id, override_id: own.times_of, zone }))
  }
}

async function listComing(db: Reads, ids: number[]): Promise<PlaceKey[]> {
  const next = await db
    .selectFrom('next_window')
    .select(PLACE)
    .where('schedule_id', 'in', idsIn(ids))
    .execute()
  const unfinished = await everyTenant(db)
    .selectFrom('maintenance_window')
    .select(PLACE)
    .where('schedule_id', 'in', idsIn(ids))
    .where(isUnfinished)
    // In the order of the index of those that are not over.
    .orderBy('schedule_id')
    .orderBy('override_id')
    .orderBy('zone')
    .orderBy('local_start')
    .execute()
  return [...next, ...unfinished]
}
