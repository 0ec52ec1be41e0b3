import type { Asker } from '../access/visible.ts'
import type { Db } from '../db/connection.ts'
import { compareTexts } from '../order.ts'
import { marksOf, windowsAhead } from './foresee.ts'
import { coverSeries } from './foretelling.ts'
import { layOutOne } from './plan.ts'
import type { OwnedSchedule } from './queries.ts'
import { type Series, seriesAt } from './series.ts'
import { newTallier } from './tally.ts'
import { zonesNow } from './tenant-zones.ts'
import { type Window, addElapsed } from './windows.ts'

/** A window that comes while what would run now may still be open. */
export type Overtaken = Pick<Window, 'opens_at' | 'zone'>

/** What somebody should know before they run a schedule now. */
export type RunOutlook = {
  /** When the window that would open now closes at the latest. */
  until: string
  /** The first windows that would find it open, and how many others there are. */
  overtaken: Overtaken[]
  more: number
  /** What the window meets where it opens: freeze periods, business hours. */
  warnings: string[]
}

/** Windows that are told of, and looked at in each series. */
const SHOWN = 5
const LOOKED_AT = 20

/** What it would mean to run a schedule now, for the windows that come and for those at work. */
export async function outlookOfRun(
  db: Db,
  asker: Asker,
  schedule: OwnedSchedule,
): Promise<RunOutlook> {
  const now = db.now()
  const zones = await zonesNow(db)
  const { tally } = await newTallier(db, asker, zones, now)
  const layout = await layOutOne(db, schedule)
  const counted = await tally(schedule, layout)
  const all = await seriesAt(db, asker, zones, schedule.path)(schedule, layout)
  const series = coverSeries(schedule, all, counted, () => false)
  const longest = Math.max(
    schedule.window_minutes,
    ...series.map((one) => one.times.window_minutes),
  )
  const until = addElapsed(now, longest)
  const overtaken =
    schedule.state === 'enabled' ? series.flatMap((one) => overtakenOf(one, now)) : []
  const first = overtaken.toSorted((one, other) => compareTexts(one.opens_at, other.opens_at))
  const shares = series.flatMap((one) => one.shares)
  const at_once = { start: '', zone: '', opens_at: now, closes_at: until, clock_changes: [] }
  return {
    until,
    overtaken: first.slice(0, SHOWN),
    more: Math.max(0, first.length - SHOWN),
    warnings: shares.length === 0 ? [] : marksOf(at_once, shares, []).map(({ words }) => words),
  }
}

/** The windows of a series that open before one that opens now has closed. */
const overtakenOf = ({ times, zone }: Series, now: string) =>
  windowsAhead(times, zone, now, LOOKED_AT)
    .filter(({ opens_at }) => opens_at < addElapsed(now, times.window_minutes))
    .map(({ opens_at }): Overtaken => ({ opens_at, zone }))
