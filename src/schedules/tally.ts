import { permits } from '../access/decide.ts'
import type { Asker } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import { FIRST, candidatesOf } from '../maintenance/covered.ts'
import { listRegions } from '../preferences/regions.ts'
import { countOf, formatCount } from '../web/counts.ts'
import { EXCLUDES_COMPUTERS, EXCLUDES_CROSS_TENANT } from './option-keys.ts'
import type { OwnedSchedule } from './queries.ts'
import { type ScheduleRegion, nearest } from './regions.ts'
import type { Times } from './stored.ts'
import { type Zones, zoneFor } from './tenant-zones.ts'

const READ_AT_ONCE = 500

/** Whoever wants no cross-tenant work is passed by what is decided there. */
const ROOT_PATH = '/1/'

/** So many computers are looked at for a page, since a schedule may be for a million. */
const MOST_COUNTED = 2000

/** How many computers the windows of some times and a zone cover. */
export type Tally = {
  of(times_of: number, zone: string): number
  /** Whether there are more computers than were looked at. */
  is_partial: boolean
  /** Why it covers nobody, or ''. */
  problem: string
}

/** What a schedule's windows are told apart by. */
export type Layout = { regions: ScheduleRegion[]; times: Map<number, Times>; zones: Zones }

/**
 * How many computers each of a schedule's windows covers that the asker may see, without those that
 * are excluded from maintenance. Looks at a bounded number of them.
 */
export async function tallyCovered(
  db: Reads,
  asker: Asker,
  schedule: OwnedSchedule,
  { regions, times, zones }: Layout,
  now: string,
): Promise<Tally> {
  const byPath = new Map(regions.map(({ path, standing }) => [path, standing]))
  const counts = new Map<string, number>()
  const stayAway = await readExclusions(db, schedule, now)
  const { read, problem } = await candidatesOf(db, schedule, now)
  let is_partial = false
  for (let after = FIRST, looked_at = 0; ;) {
    const some = await read(db, after, READ_AT_ONCE)
    for (const candidate of some) {
      const standing = nearest(byPath, candidate.path)
      const own = standing?.effect === 'on' ? times.get(standing.times_of) : undefined
      if (!own || candidate.state === 'excluded' || stayAway(candidate.path)) continue
      if (!permits(asker.access, 'computer.view', candidate.path)) continue
      const key = keyOf(standing!.times_of, zoneFor(own, zones, candidate))
      counts.set(key, (counts.get(key) ?? 0) + 1)
    }
    looked_at += some.length
    is_partial = some.length === READ_AT_ONCE && looked_at >= MOST_COUNTED
    if (some.length < READ_AT_ONCE || is_partial) break
    after = some.at(-1)!
  }
  return { of: (times_of, zone) => counts.get(keyOf(times_of, zone)) ?? 0, is_partial, problem }
}

/** Tells of a tenant, by its path, whether its computers take no part by its preferences. */
export async function readExclusions(
  db: Reads,
  { path }: Pick<OwnedSchedule, 'path'>,
  now: string,
) {
  const keys = [EXCLUDES_COMPUTERS]
  if (path === ROOT_PATH) keys.push(EXCLUDES_CROSS_TENANT)
  const maps: Map<string, unknown>[] = []
  for (const key of keys) {
    const regions = await listRegions(db, key, now)
    maps.push(new Map(regions.map((region) => [region.path, region.value])))
  }
  return (path: string) => maps.some((map) => nearest(map, path) === true)
}

const keyOf = (times_of: number, zone: string) => `${times_of} ${zone}`

/** The tally of computers that are chosen and known, whichever their zones. */
export const tallyOf = (count: number): Tally => ({
  of: () => count,
  is_partial: false,
  problem: '',
})

/** A count of a tally, in words. */
export const tallyInWords = (count: number, { is_partial }: Tally) =>
  is_partial ? `At least ${formatCount(count)} computers` : countOf(count, 'computer', 'computers')
