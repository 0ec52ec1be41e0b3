import type { Asker } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import type { Tx } from '../db/operation.ts'
import { everyTenant } from '../db/scope-guard.ts'
import { idsIn } from '../db/search.ts'
import type { Pace } from '../pace.ts'
import { layOutOne } from '../schedules/plan.ts'
import type { OwnedSchedule } from '../schedules/queries.ts'
import { zonesOf } from '../schedules/tenant-zones.ts'
import { addElapsed } from '../schedules/windows.ts'
import { beginReading } from './covered.ts'
import { fillWindows } from './opened.ts'
import { type Place, keyOf, textOf } from './place.ts'
import { type Unfinished, listUnfinished } from './queue.ts'
import { mayRun } from './reach.ts'
import { type Came, recordWindows } from './record.ts'
import type { Round } from './round.ts'

/** The windows that opened, how many sessions are to come in them, and why there are none, or ''. */
export type Run = { window_ids: number[]; sessions: number; problem: string }

/** What runs by which order, and why. */
type Order = { schedule: OwnedSchedule; round: Round; id: number; reason: string; pace: Pace }

/**
 * Where a schedule may have windows, each of its times in each zone: those where none has begun, and
 * how many others there are.
 */
export async function findFree(tx: Tx, round: Round, schedule: OwnedSchedule) {
  const zones = await round.zones(tx)
  const { regions, times } = await layOutOne(tx, schedule)
  const places: Place[] = []
  for (const [times_of, own] of times)
    for (const zone of await zonesOf(tx, zones, own, schedule.path))
      places.push({ schedule, times_of, times: own, zone, regions })
  const unfinished = await listUnfinished(tx, places.map(keyOf))
  const hasBegun = ({ state, starts_at }: Unfinished) => state === 'open' && starts_at <= round.now
  const isOpen = (place: Place) => unfinished.get(textOf(keyOf(place)))?.some(hasBegun) ?? false
  const free = places.filter((place) => !isOpen(place))
  return { free, open: places.length - free.length }
}

/** Opens a window at each of these places of a schedule, for the computers where the asker may run it. */
export async function openNow(
  tx: Tx,
  asker: Asker,
  places: Place[],
  { schedule, round, id: order_id, reason, pace }: Order,
): Promise<Run> {
  const came = places.map((place) => cameNow(place, `#${order_id}`, reason, round.now))
  const covered = await beginReading(tx, schedule, round.now, (path) => mayRun(asker, path))
  const recorded = await recordWindows(tx, came, round.now)
  const windows = recorded.map((one) => ({ ...one, covered }))
  if (windows.length < came.length) throw new Error(`order ${order_id} has been carried out before`)
  const opened = await fillWindows(tx, round, windows, pace)
  const sessions = opened.reduce((sum, { ahead }) => sum + ahead, 0)
  const ids = windows.map(({ id }) => id)
  return {
    window_ids: ids.filter((_, at) => opened[at]!.sessions > 0),
    sessions,
    problem: sessions > 0 ? '' : ((await reasonToSkip(tx, ids)) ?? nobody(schedule, opened)),
  }
}

const nobody = ({ name }: OwnedSchedule, opened: { problem: string }[]) =>
  `“${name}” covers no computer. ${opened.find(({ problem }) => problem)?.problem ?? ''}`.trimEnd()

/** Why the first of the sessions that nothing is to come of is skipped. */
const reasonToSkip = async (db: Reads, window_ids: number[]) =>
  (
    await everyTenant(db)
      .selectFrom('maintenance_session')
      .select('reason')
      .where('window_id', 'in', idsIn(window_ids))
      .orderBy('id')
      .limit(1)
      .executeTakeFirst()
  )?.reason

function cameNow(place: Place, local_start: string, reason: string, now: string): Came {
  const ends_at = addElapsed(now, place.times.window_minutes)
  return {
    opening: { ...place, local_start },
    term: { starts_at: now, ends_at, detect_at: now, cause: 'run_now' },
    state: 'open',
    reason,
  }
}
