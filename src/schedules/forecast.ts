import { permitsThroughout } from '../access/decide.ts'
import { type Asker, requireTenant } from '../access/visible.ts'
import type { Db, Reads } from '../db/connection.ts'
import { type Mark, type OtherWindows, lengthInWords, marksOf, windowsAhead } from './foresee.ts'
import { layOutOne } from './plan.ts'
import type { OwnedSchedule } from './queries.ts'
import { type StandingSchedule, listStanding } from './standing.ts'
import { type Times, recurrenceOf } from './stored.ts'
import { readSurroundings } from './surroundings.ts'
import { type Layout, type Tally, tallyCovered, tallyInWords, tallyOf } from './tally.ts'
import { type Zones, readZones, zoneFor, zonesOf } from './tenant-zones.ts'
import { type Window, windowsBetween } from './windows.ts'
import { recurrenceInWords } from './words.ts'

/** Windows that are told of each zone. */
export const FORETOLD = 20

/** Zones that are told of on one page. */
const MOST_ZONES = 8

/** Other schedules whose windows are looked at, and windows of each. */
const MOST_OTHERS = 8
const OTHER_WINDOWS = 60

/** A window that will come, as a page shows it. */
export type ForetoldWindow = {
  opens_at: string
  closes_at: string
  /** What the clock shows in its zone. */
  there: string
  length: string
  covered: string
  marks: Mark[]
  schedule: { id: number; name: string; is_own: boolean } | null
}

/** The windows of one zone. */
export type ForecastSection = {
  zone: string
  /** When they are, where that is not the schedule's own times. */
  times: string
  windows: ForetoldWindow[]
}

export type Forecast = { sections: ForecastSection[]; more_zones: number; problem: string }

/**
 * The next windows of a schedule in each zone, whatever its state: what it does once it is enabled.
 * Zones in which it covers no computer that the asker sees are left out, but for that of its owner,
 * unless the asker sees all below.
 *
 * @param chosen the computers of a schedule that was not saved as it is, where it is for chosen ones
 */
export async function forecastSchedule(
  db: Db,
  asker: Asker,
  schedule: OwnedSchedule,
  chosen?: readonly number[],
): Promise<Forecast> {
  const now = db.now()
  const layout = await layoutOf(db, schedule, await readZones(db, now))
  const tally = chosen
    ? tallyOf(chosen.length)
    : await tallyCovered(db, asker, schedule, layout, now)
  const surroundings = await readSurroundings(db, schedule.tenant_id, now)
  const rivals = await rivalsOf(db, asker, schedule)
  const places = await placesOf(db, asker, schedule, layout, tally)
  const sections = places.slice(0, MOST_ZONES).map(({ times_of, times, zone }) => {
    const windows = windowsAhead(times, zone, now, FORETOLD)
    const around = surroundings(schedule.options, times, zone)
    const others = windowsOfRivals(rivals, layout, schedule.path, windows)
    const covered = tallyInWords(tally.of(times_of, zone), tally)
    return {
      zone,
      times: times_of === 0 ? '' : recurrenceInWords(recurrenceOf(times)),
      windows: windows.map((window) => ({
        ...describe(window),
        covered,
        marks: marksOf(window, around, others),
        schedule: null,
      })),
    }
  })
  return { sections, more_zones: Math.max(0, places.length - MOST_ZONES), problem: tally.problem }
}

/** What tells the windows of a schedule apart. */
export const layoutOf = async (
  db: Reads,
  schedule: OwnedSchedule,
  zones: Zones,
): Promise<Layout> => ({ ...(await layOutOne(db, schedule)), zones })

type Place = { times_of: number; times: Times; zone: string }

/** Where windows are told of: the owner's own zone first, then by how many computers they cover. */
async function placesOf(
  db: Reads,
  asker: Asker,
  schedule: OwnedSchedule,
  { times: inForce, zones }: Layout,
  tally: Tally,
): Promise<Place[]> {
  const sees_all = permitsThroughout(asker.access, 'schedule.view', schedule.path)
  const own_zone = zoneFor(schedule, zones, { path: schedule.path, time_zone: '' })
  const isOwn = ({ times_of, zone }: Place) => times_of === 0 && zone === own_zone
  const places: Place[] = []
  for (const [times_of, times] of inForce)
    for (const zone of await zonesOf(db, zones, times, schedule.path))
      places.push({ times_of, times, zone })
  const count = ({ times_of, zone }: Place) => tally.of(times_of, zone)
  return places
    .filter((place) => isOwn(place) || count(place) > 0 || (sees_all && tally.is_partial))
    .toSorted(
      (one, other) => Number(isOwn(other)) - Number(isOwn(one)) || count(other) - count(one),
    )
}

/** The other schedules that are in effect for the owner of a schedule. */
async function rivalsOf(db: Reads, asker: Asker, { id, tenant_id }: OwnedSchedule) {
  const at = await requireTenant(db, asker, 'schedule.view', tenant_id)
  return (await listStanding(db, at))
    .filter((other) => other.id !== id && other.state === 'enabled')
    .filter(({ standing }) => standing.effect === 'on')
    .slice(0, MOST_OTHERS)
}

function windowsOfRivals(
  rivals: StandingSchedule[],
  { zones }: Layout,
  path: string,
  windows: Window[],
): OtherWindows[] {
  const [first, last] = [windows[0], windows.at(-1)]
  if (!first || !last) return []
  return rivals.map(({ name, times }) => {
    const zone = zoneFor(times, zones, { path, time_zone: '' })
    const range = { from: first.opens_at, to: last.closes_at, limit: OTHER_WINDOWS }
    return { name, windows: windowsBetween(recurrenceOf(times), zone, range) }
  })
}

/** The times of a window, as a page shows them. */
export const describe = (window: Window) => ({
  opens_at: window.opens_at,
  closes_at: window.closes_at,
  there: window.start.replace('T', ' '),
  length: lengthInWords(window),
})
