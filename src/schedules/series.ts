import { permits } from '../access/decide.ts'
import type { Asker } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import { type LaidOut, timesIn } from './plan.ts'
import type { OwnedSchedule } from './queries.ts'
import type { Times } from './stored.ts'
import { type Clock, type Zones, clockOfTenant, listClocks, zoneFor } from './tenant-zones.ts'

/** Windows that come one after the other: at whose times, on the clock of which zone. */
export type Series = {
  times_of: number
  times: Times
  zone: string
  /** One of the clocks that they follow. */
  clock: Clock
}

/** How a schedule stands where, and the times that count there. */
export type Layout = Pick<LaidOut, 'regions' | 'times'>

/** Tells which series of a schedule come to a place. */
export type SeriesReader = (schedule: OwnedSchedule, layout: Layout) => Promise<Series[]>

/**
 * Reads which series come to tenants at or below a path at which the asker may see schedules: those
 * of the nodes where a zone, or how the schedule stands, begins to be another, and those of computers
 * with a clock of their own. The scheduler opens windows of these and no others; of none of them is
 * it said that there is a computer for it.
 */
export function seriesAt(db: Reads, asker: Asker, zones: Zones, path: string): SeriesReader {
  const read = clocksBelow(db, asker, zones, path)
  return async (schedule, layout) => {
    const top = schedule.path.startsWith(path) ? schedule.path : path
    if (!schedule.applies_to_children && top !== schedule.path) return []
    const decided = layout.regions.map((region) => clockOfTenant(region.path))
    const inside = decided.filter((clock) => clock.path !== top && clock.path.startsWith(top))
    const clocks = [clockOfTenant(top), ...inside.filter(isSeen(asker))]
    const choices = new Set([...layout.times.values()].map(({ zone_of }) => zone_of))
    const is_uniform = schedule.applies_to_children && inside.length === 0
    if (schedule.applies_to_children && (choices.has('tenant') || choices.has('computer')))
      clocks.push(...read.ofTenants(top, is_uniform))
    if (choices.has('computer')) {
      const own = await read.ofComputers(top, is_uniform)
      clocks.push(...own.filter(({ path }) => schedule.applies_to_children || path === top))
    }
    return distinctSeries(layout, zones, clocks)
  }
}

/**
 * The clocks below a path that the asker may know of; where a schedule stands everywhere the same,
 * one for each zone is enough.
 */
function clocksBelow(db: Reads, asker: Asker, zones: Zones, path: string) {
  const known = new Map<string, Clock[]>()
  const once = (key: string, list: () => Clock[]) => {
    const clocks = known.get(key) ?? list()
    known.set(key, clocks)
    return clocks
  }
  const zoneAt = (clock: Clock) => zones.at(clock.path)
  let computers: Promise<Clock[]> | undefined
  return {
    ofTenants(top: string, is_uniform: boolean): Clock[] {
      const all = once(top, () => zones.within(top).map(clockOfTenant).filter(isSeen(asker)))
      return is_uniform ? once(`zones ${top}`, () => oneOfEach(all, zoneAt)) : all
    },
    async ofComputers(top: string, is_uniform: boolean): Promise<Clock[]> {
      computers ??= listClocks(db, path).then((clocks) => clocks.filter(isSeen(asker)))
      const all = await computers
      const inside = once(`own ${top}`, () => all.filter((clock) => clock.path.startsWith(top)))
      return is_uniform
        ? once(`own zones ${top}`, () => oneOfEach(inside, ({ time_zone }) => time_zone))
        : inside
    },
  }
}

const isSeen =
  ({ access }: Asker) =>
  ({ path }: { path: string }) =>
    permits(access, 'schedule.view', path)

const oneOfEach = (clocks: Clock[], zoneOf: (clock: Clock) => string) => [
  ...new Map(clocks.map((clock) => [zoneOf(clock), clock])).values(),
]

function distinctSeries(layout: Layout, zones: Zones, clocks: Clock[]): Series[] {
  const timesAt = timesIn(layout)
  const found = new Map<string, Series>()
  for (const clock of clocks) {
    const own = timesAt(clock.path)
    if (!own) continue
    const zone = zoneFor(own.times, zones, clock)
    const key = keyOf(own.times_of, zone)
    if (!found.has(key)) found.set(key, { ...own, zone, clock })
  }
  return [...found.values()]
}

/** Tells the series that the tenant with a path has itself. */
export function seriesHere(layout: Layout, zones: Zones, path: string) {
  const own = timesIn(layout)(path)
  const zone = own && zoneFor(own.times, zones, clockOfTenant(path))
  return (series: Series) => series.times_of === own?.times_of && series.zone === zone
}

/** What tells a series of a schedule from its others. */
export const keyOf = (times_of: number, zone: string) => `${times_of} ${zone}`
