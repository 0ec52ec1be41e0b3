import { permits } from '../access/decide.ts'
import type { Asker } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import { type Candidate, FIRST, candidatesOf } from '../maintenance/covered.ts'
import { countOf, formatCount } from '../web/counts.ts'
import { type Exclusions, readExclusions } from './exclusions.ts'
import type { Share, Surroundings } from './foresee.ts'
import { timesIn } from './plan.ts'
import type { OwnedSchedule } from './queries.ts'
import type { TenantPlace } from './reaching.ts'
import { type Layout, type Series, keyOf } from './series.ts'
import type { Times } from './stored.ts'
import { type SurroundingsAt, readSurroundings } from './surroundings.ts'
import { type Zones, zoneFor } from './tenant-zones.ts'

/** So many computers are looked at for a page, since a schedule may be for a million. */
export const MOST_COUNTED = 2000

/** How many computers each series of a schedule covers. */
export type Tally = {
  sharesOf(series: Pick<Series, 'times_of' | 'zone'>): Share[]
  /** Whether there are more computers than were looked at. */
  is_partial: boolean
  /** Why it covers nobody, or ''. */
  problem: string
}

/** Counts whom the windows of a schedule cover; where a place is given, only there and below. */
export type Tallier = {
  tally(
    schedule: OwnedSchedule,
    layout: Layout,
    given?: { at?: TenantPlace; chosen?: readonly Candidate[] },
  ): Promise<Tally>
  around: SurroundingsAt
}

type Found = { read: Candidate[]; is_partial: boolean; problem: string }

/**
 * Counts the computers that the asker may see, without those that are excluded from maintenance; at
 * most so many of each schedule. Schedules for the same computers share the reading of them.
 */
export async function newTallier(
  db: Reads,
  asker: Asker,
  zones: Zones,
  now: string,
  most = MOST_COUNTED,
): Promise<Tallier> {
  const around = await readSurroundings(db, zones, now)
  const exclusions = await readExclusions(db, now)
  const known = new Map<string, Promise<Found>>()
  const find = (schedule: OwnedSchedule) => {
    const key = keyOfCandidates(schedule)
    const found = known.get(key) ?? findCandidates(db, schedule, now, most)
    known.set(key, found)
    return found
  }
  return {
    around,
    async tally(schedule, layout, { at, chosen } = {}) {
      const { read, ...rest } = chosen
        ? { read: [...chosen], is_partial: false, problem: '' }
        : await find(at ? { ...schedule, tenant_id: at.id, path: at.path } : schedule)
      const seen = read.filter(({ path }) => permits(asker.access, 'computer.view', path))
      const counts = countShares(seen, { schedule, layout, zones, around, exclusions })
      return {
        ...rest,
        sharesOf: ({ times_of, zone }) =>
          [...(counts.get(keyOf(times_of, zone)) ?? new Map<Surroundings, number>())].map(
            ([around, computers]) => ({ around, computers }),
          ),
      }
    },
  }
}

/** What says whom a schedule is meant for. */
const keyOfCandidates = ({ id, tenant_id, applies_to_children, target, ...rest }: OwnedSchedule) =>
  JSON.stringify([
    target === 'computers' && id,
    tenant_id,
    applies_to_children,
    target,
    rest.target_kinds,
    rest.target_tag_id,
    rest.target_group_id,
  ])

async function findCandidates(
  db: Reads,
  schedule: OwnedSchedule,
  now: string,
  most: number,
): Promise<Found> {
  const { read, problem } = await candidatesOf(db, schedule, now)
  const found = await read(db, FIRST, most + 1)
  return { read: found.slice(0, most), is_partial: found.length > most, problem }
}

type Facts = {
  schedule: OwnedSchedule
  layout: Layout
  zones: Zones
  around: SurroundingsAt
  exclusions: Exclusions
}

/** The computers of each series, by what its windows meet where they are. */
function countShares(
  candidates: Candidate[],
  { schedule, layout, zones, around, exclusions }: Facts,
) {
  const timesAt = timesIn(layout)
  // Many computers are at few tenants.
  const known = new Map<string, Here | undefined>()
  const lookUp = (path: string): Here | undefined => {
    const own = timesAt(path)
    if (!own || exclusions.keepsAway(schedule, path)) return undefined
    return { ...own, meets: around(schedule.options, path) }
  }
  const counts = new Map<string, Map<Surroundings, number>>()
  for (const candidate of candidates) {
    const { path, state } = candidate
    if (!known.has(path)) known.set(path, lookUp(path))
    const here = known.get(path)
    if (!here || state === 'excluded') continue
    const key = keyOf(here.times_of, zoneFor(here.times, zones, candidate))
    const shares = counts.get(key) ?? new Map<Surroundings, number>()
    counts.set(key, shares.set(here.meets, (shares.get(here.meets) ?? 0) + 1))
  }
  return counts
}

type Here = { times_of: number; times: Times; meets: Surroundings }

/** A count of a tally, in words. */
export const tallyInWords = (count: number, { is_partial }: Pick<Tally, 'is_partial'>) =>
  is_partial ? `At least ${formatCount(count)} computers` : countOf(count, 'computer', 'computers')
