import type { Asker } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import type { ComputerKind } from '../db/computer-schema.ts'
import type { TargetKinds } from '../db/schedule-schema.ts'
import type { OtherWindows } from './foresee.ts'
import { layOut } from './plan.ts'
import type { OwnedSchedule } from './queries.ts'
import { listReaching } from './reaching.ts'
import { nearest } from './regions.ts'
import type { Series } from './series.ts'
import { type Times, recurrenceOf } from './stored.ts'
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
  const rivals = (await layOut(db, others)).map(({ schedule, regions, times }) => {
    const standings = new Map(regions.map((region) => [region.path, region.standing]))
    return { schedule, standings, times }
  })
  return ({ clock }, windows) =>
    rivals.flatMap(({ schedule, standings, times }) => {
      const standing = nearest(standings, clock.path)
      const own = standing?.effect === 'on' ? times.get(standing.times_of) : undefined
      const isThere = schedule.applies_to_children || schedule.path === clock.path
      if (!own || !isThere) return []
      return [{ name: schedule.name, windows: meeting(own, zoneFor(own, zones, clock), windows) }]
    })
}

/** The first window of some times that each of the windows meets, if any. */
const meeting = (times: Times, zone: string, windows: readonly Window[]) =>
  windows.flatMap(({ opens_at, closes_at }) =>
    windowsBetween(recurrenceOf(times), zone, { from: opens_at, to: closes_at, limit: 1 }),
  )

/** The kinds of computers that each choice means; any computer is of one of them. */
const KINDS: Record<TargetKinds, readonly ComputerKind[]> = {
  any: ['server', 'workstation', 'portable'],
  servers: ['server'],
  workstations: ['workstation'],
  portables: ['portable'],
  not_servers: ['workstation', 'portable'],
}

/** Whether two schedules may be for the same computer, as far as its kind goes. */
export const mayShare = (one: TargetKinds, other: TargetKinds) =>
  KINDS[one].some((kind) => KINDS[other].includes(kind))
