import {
  type Mark,
  type OtherWindows,
  type Share,
  computersIn,
  frozenIn,
  lengthInWords,
  marksOf,
  windowsAhead,
} from './foresee.ts'
import { localAt } from './local-time.ts'
import type { OwnedSchedule } from './queries.ts'
import type { Series } from './series.ts'
import { type Tallier, type Tally, tallyInWords } from './tally.ts'
import type { Window } from './windows.ts'

/** Windows that are told of each zone. */
export const FORETOLD = 20

/** Zones that are told of on one page. */
export const MOST_ZONES = 8

/** Whom a window covers. */
export type Covered = {
  computers: number
  /** Those of them that take no part, since it is in a freeze period for them. */
  frozen: number
  /** Whether there may be more of both than were counted. */
  is_partial: boolean
  words: string
}

/** A window that will come, as a page shows it. */
export type ForetoldWindow = {
  opens_at: string
  closes_at: string
  /** What the clock shows in its zone. */
  there: string
  /** What it shows at the tenant. */
  at_tenant: string
  length: string
  covered: Covered
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

export type Forecast = {
  sections: ForecastSection[]
  /** The zone of the tenant, which may be another than that of the windows. */
  tenant_zone: string
  more_zones: number
  /** How many schedules there are that were not looked at. */
  more_schedules: number
  problem: string
}

/** A series with the computers that it covers. */
export type CoveredSeries = Series & {
  schedule: OwnedSchedule
  shares: Share[]
  computers: number
  is_partial: boolean
}

/** Series with whom they cover, without those that cover nobody; but for one that is always told. */
export function coverSeries(
  schedule: OwnedSchedule,
  series: Series[],
  tally: Tally,
  isTold: (series: Series) => boolean,
): CoveredSeries[] {
  return series
    .map((one): CoveredSeries => {
      const shares = tally.sharesOf(one)
      const computers = computersIn(shares)
      return { ...one, schedule, shares, computers, is_partial: tally.is_partial }
    })
    .filter((one) => one.computers > 0 || one.is_partial || isTold(one))
}

/** The next windows of a series. */
export const comingOf = ({ times, zone }: Series, now: string) =>
  windowsAhead(times, zone, now, FORETOLD)

/** Tells of a window of a series, at a tenant with that path and zone. */
export function foretell(
  window: Window,
  series: CoveredSeries,
  { path, zone, around }: { path: string; zone: string } & Pick<Tallier, 'around'>,
  others: readonly OtherWindows[],
): Omit<ForetoldWindow, 'schedule'> {
  const { shares, computers, is_partial, schedule } = series
  const met =
    shares.length > 0 ? shares : [{ around: around(schedule.options, path), computers: 0 }]
  return {
    ...describe(window),
    at_tenant: localAt(window.opens_at, zone).replace('T', ' '),
    covered: {
      computers,
      frozen: frozenIn(window, shares),
      is_partial,
      words: tallyInWords(computers, series),
    },
    marks: marksOf(window, met, others),
  }
}

/** The times of a window, as a page shows them. */
export const describe = (window: Window) => ({
  opens_at: window.opens_at,
  closes_at: window.closes_at,
  there: window.start.replace('T', ' '),
  length: lengthInWords(window),
})
