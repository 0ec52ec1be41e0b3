import { type Asker, requireTenant } from '../access/visible.ts'
import type { Db, Reads } from '../db/connection.ts'
import type { Candidate } from '../maintenance/covered.ts'
import type { OtherWindows } from './foresee.ts'
import {
  type CoveredSeries,
  type Forecast,
  type ForecastSection,
  MOST_ZONES,
  comingOf,
  coverSeries,
  foretell,
} from './foretelling.ts'
import { layOutOne } from './plan.ts'
import type { OwnedSchedule } from './queries.ts'
import { type Series, seriesAt } from './series.ts'
import { type StandingSchedule, listStanding } from './standing.ts'
import { type Times, recurrenceOf } from './stored.ts'
import { newTallier } from './tally.ts'
import { type Zones, zonesNow, zoneFor } from './tenant-zones.ts'
import { type Window, windowsBetween } from './windows.ts'
import { recurrenceInWords } from './words.ts'

/** Other schedules whose windows are looked at, and windows of each. */
const MOST_OTHERS = 8
const OTHER_WINDOWS = 60

/**
 * The next windows of a schedule in each zone, whatever its state: what it does once it is enabled.
 * Of zones in which it covers no computer that the asker sees only that of its owner is told.
 *
 * @param chosen the computers of a schedule that was not saved as it is, where it is for chosen ones
 */
export async function forecastSchedule(
  db: Db,
  asker: Asker,
  schedule: OwnedSchedule,
  chosen?: readonly Candidate[],
): Promise<Forecast> {
  const now = db.now()
  const zones = await zonesNow(db)
  const { tally, around } = await newTallier(db, asker, zones, now)
  const layout = await layOutOne(db, schedule)
  const counted = await tally(schedule, layout, chosen && { chosen })
  const rivals = await rivalsOf(db, asker, schedule)
  const own = seriesOfOwner(schedule, zones)
  const all = await seriesAt(db, asker, zones, schedule.path)(schedule, layout)
  const told = coverSeries(schedule, all, counted, own.is).toSorted(
    (one, other) => Number(own.is(other)) - Number(own.is(one)) || other.computers - one.computers,
  )
  const owner = { path: schedule.path, zone: zones.at(schedule.path), around }
  const tell = (series: CoveredSeries): ForecastSection => {
    const windows = comingOf(series, now)
    const others = windowsOfRivals(rivals, series, owner.zone, windows)
    const { times_of, times, zone } = series
    return {
      zone,
      times: times_of === 0 ? '' : recurrenceInWords(recurrenceOf(times)),
      windows: windows.map((window) => ({
        ...foretell(window, series, owner, others),
        schedule: null,
      })),
    }
  }
  return {
    sections: told.slice(0, MOST_ZONES).map(tell),
    tenant_zone: owner.zone,
    more_zones: Math.max(0, told.length - MOST_ZONES),
    more_schedules: 0,
    problem: counted.problem,
  }
}

/** The schedule's own times on the clock of its owner. */
function seriesOfOwner(schedule: OwnedSchedule, zones: Zones) {
  const own = zoneFor(schedule, zones, { path: schedule.path, time_zone: '' })
  return { is: ({ times_of, zone }: Series) => times_of === 0 && zone === own }
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
  series: Series,
  owner_zone: string,
  windows: Window[],
): OtherWindows[] {
  const [first, last] = [windows[0], windows.at(-1)]
  if (!first || !last) return []
  return rivals.map(({ name, times }) => {
    const range = { from: first.opens_at, to: last.closes_at, limit: OTHER_WINDOWS }
    const zone = zoneOfRival(times, series, owner_zone)
    return { name, windows: windowsBetween(recurrenceOf(times), zone, range) }
  })
}

/** Whose clock another schedule follows for the computers of a series. */
function zoneOfRival(rival: Times, { times, zone }: Series, owner_zone: string) {
  if (rival.zone_of === 'fixed') return rival.zone!
  const follows_same = times.zone_of === rival.zone_of || times.zone_of === 'tenant'
  return times.zone_of !== 'fixed' && follows_same ? zone : owner_zone
}
