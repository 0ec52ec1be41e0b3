import { permits } from '../access/decide.ts'
import type { Asker } from '../access/visible.ts'
import type { Db } from '../db/connection.ts'
import { compareTexts } from '../order.ts'
import type { OtherWindows } from './foresee.ts'
import {
  type CoveredSeries,
  FORETOLD,
  type Forecast,
  type ForecastSection,
  MOST_ZONES,
  comingOf,
  coverSeries,
  foretell,
} from './foretelling.ts'
import { layOut } from './plan.ts'
import { type TenantPlace, listReaching } from './reaching.ts'
import { mayShare } from './rivals.ts'
import { seriesAt, seriesHere } from './series.ts'
import { type Tallier, newTallier } from './tally.ts'
import { type Zones, zonesNow } from './tenant-zones.ts'
import type { Window } from './windows.ts'

/** Schedules whose windows are told of on the page of a tenant, those that come first. */
const MOST_SCHEDULES = 30

/** Computers that are looked at for each of them. */
const MOST_COUNTED = 500

type Coming = { series: CoveredSeries; windows: Window[] }

/**
 * The next windows at a tenant and below it, in each zone, of all schedules that have some there: as
 * far as the asker, who was found to be admitted at the tenant, sees what lies below.
 */
export async function forecastTenant(db: Db, asker: Asker, place: TenantPlace): Promise<Forecast> {
  const now = db.now()
  const zones = await zonesNow(db)
  const tallier = await newTallier(db, asker, zones, now, MOST_COUNTED)
  const { covered, more } = await coveredAt(db, asker, place, zones, tallier)
  const here = { path: place.path, zone: zones.at(place.path), around: tallier.around }
  const byZone = [...Map.groupBy(covered, ({ zone }) => zone)].toSorted(
    ([zone, some], [other_zone, others]) =>
      Number(other_zone === here.zone) - Number(zone === here.zone) ||
      mostOf(others) - mostOf(some),
  )
  const told = byZone.slice(0, MOST_ZONES)
  const coming = told
    .flatMap(([, some]) => some)
    .map((series): Coming => ({ series, windows: comingOf(series, now) }))
  const tell = ({ series, window }: { series: CoveredSeries; window: Window }) => ({
    ...foretell(window, series, here, othersOf(coming, series)),
    schedule: {
      id: series.schedule.id,
      name: series.schedule.name,
      is_own: permits(asker.access, 'schedule.view', series.schedule.path),
    },
  })
  return {
    sections: told.map(([zone]): ForecastSection => {
      const windows = soonest(coming.filter(({ series }) => series.zone === zone))
      return { zone, times: '', windows: windows.map(tell) }
    }),
    tenant_zone: here.zone,
    more_zones: byZone.length - told.length,
    more_schedules: more,
    problem: '',
  }
}

/** The series that come to a tenant and below it, each with whom it covers there. */
async function coveredAt(
  db: Db,
  asker: Asker,
  place: TenantPlace,
  zones: Zones,
  { tally }: Tallier,
) {
  const wanted = { states: ['enabled'], limit: MOST_SCHEDULES } as const
  const { schedules, more } = await listReaching(db, asker, place, wanted)
  const read = seriesAt(db, asker, zones, place.path)
  const covered: CoveredSeries[] = []
  for (const { schedule, ...layout } of await layOut(db, schedules)) {
    const is_above = !schedule.path.startsWith(place.path)
    const counted = await tally(schedule, layout, is_above ? { at: place } : {})
    const isHere = seriesHere(layout, zones, place.path)
    covered.push(...coverSeries(schedule, await read(schedule, layout), counted, isHere))
  }
  return { covered, more }
}

const mostOf = (series: CoveredSeries[]) => Math.max(...series.map(({ computers }) => computers))

const soonest = (coming: Coming[]) =>
  coming
    .flatMap(({ series, windows }) => windows.map((window) => ({ series, window })))
    .toSorted((one, other) => compareTexts(one.window.opens_at, other.window.opens_at))
    .slice(0, FORETOLD)

/** The windows of other schedules that may be for the same computers: on the same clock, or on any. */
const othersOf = (coming: Coming[], { schedule, zone, times }: CoveredSeries): OtherWindows[] =>
  coming
    .filter(({ series }) => series.schedule.id !== schedule.id)
    .filter(({ series }) => mayShare(schedule.target_kinds, series.schedule.target_kinds))
    .filter(
      ({ series }) =>
        series.zone === zone || series.times.zone_of === 'fixed' || times.zone_of === 'fixed',
    )
    .map(({ series, windows }) => ({ name: series.schedule.name, windows }))
