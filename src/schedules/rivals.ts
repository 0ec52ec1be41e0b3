import type { Asker } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import type { TargetKinds } from '../db/schedule-schema.ts'
import type { OtherWindows } from './foresee.ts'
import { layOut, timesIn } from './plan.ts'
import type { OwnedSchedule } from './queries.ts'
import { listReaching } from './reaching.ts'
import { reaches } from './regions.ts'
import type { Series } from './series.ts'
import { type Times, kindsIn, recurrenceOf } from './stored.ts'
import { type Zones, zoneFor } from './tenant-zones.ts'
import { type Window, windowsBetween } from './windows.ts'

/** Other schedules that are looked at, those that come first. */
const MOST_RIVALS = 8

/** Tells which windows of other schedules are open while those of a series are. */
export type Rivals = (series: Series, windows: readonly Window[]) => OtherWindows[]

/**
 * Reads the schedules that may be for the same computers as a schedule. Theirs are the times and the
 * zone that count where the series comes to, which may be others than at its owner.
 */
export async function readRivals(
  db: Reads,
  asker: Asker,
  zones: Zones,
  { id, tenant_id, path, target_kinds }: OwnedSchedule,
): Promise<Rivals> {
  const wanted = { states: ['enabled'], limit: MOST_RIVALS + 1 } as const
  const { schedules } = await listReaching(db, asker, { id: tenant_id, path }, wanted)
  const others = schedules
    .filter((other) => other.id !== id && mayShare(target_kinds, other.target_kinds))
    .slice(0, MOST_RIVALS)
  const rivals = (await layOut(db, others)).map((one) => ({
    schedule: one.schedule,
    timesAt: timesIn(one),
  }))
  return ({ clock }, windows) =>
    rivals.flatMap(({ schedule, timesAt }) => {
      const times = timesAt(clock.path)?.times
      if (!times || !reaches(schedule, clock.path)) return []
      const zone = zoneFor(times, zones, clock)
      return [{ name: schedule.name, windows: meeting(times, zone, windows) }]
    })
}

/** The first window of some times that each of the windows meets, if any. */
const meeting = (times: Times, zone: string, windows: readonly Window[]) =>
  windows.flatMap(({ opens_at, closes_at }) =>
    windowsBetween(recurrenceOf(times), zone, { from: opens_at, to: closes_at, limit: 1 }),
  )

/** Whether two schedules may be for the same computer, as far as its kind goes. */
export const mayShare = (one: TargetKinds, other: TargetKinds) =>
  kindsIn[one].some((kind) => kindsIn[other].includes(kind))
