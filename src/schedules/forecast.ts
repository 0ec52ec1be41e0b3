import type { Asker } from '../access/visible.ts'
import type { Db } from '../db/connection.ts'
import type { Candidate } from '../maintenance/covered.ts'
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
import { readRivals } from './rivals.ts'
import { timesInWords } from './says.ts'
import { seriesAt, seriesHere } from './series.ts'
import { newTallier } from './tally.ts'
import { zonesNow } from './tenant-zones.ts'

/**
 * The next windows of a schedule in each zone, whatever its state: what it does once it is enabled.
 * Those in which it covers computers that the asker sees: first that of its owner, then those with
 * most. Where there are none anywhere, that of its owner.
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
  const rivalsOf = await readRivals(db, asker, zones, schedule)
  const isOwn = seriesHere(layout, zones, schedule.path)
  const all = await seriesAt(db, asker, zones, schedule.path)(schedule, layout)
  const covered = coverSeries(schedule, all, counted, isOwn)
  const some = covered.filter(({ computers }) => computers > 0)
  const told = (some.length > 0 ? some : covered).toSorted(
    (one, other) => Number(isOwn(other)) - Number(isOwn(one)) || other.computers - one.computers,
  )
  const owner = { path: schedule.path, zone: zones.at(schedule.path), around }
  const tell = (series: CoveredSeries): ForecastSection => {
    const windows = comingOf(series, now)
    const others = rivalsOf(series, windows)
    const { times_of, times, zone } = series
    return {
      zone,
      times: times_of === 0 ? '' : timesInWords(times),
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
