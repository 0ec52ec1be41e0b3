import type { SystemTx } from '../db/operation.ts'
import { timesInForce } from '../schedules/plan.ts'
import type { OwnedSchedule } from '../schedules/queries.ts'
import { regionsOf } from '../schedules/regions.ts'
import type { Opening } from './open.ts'
import type { Round } from './round.ts'

/** Where windows open: whose times they follow, and in which zone. */
export type Place = Omit<Opening, 'local_start'>

/** The same as columns have it. */
export type PlaceKey = { schedule_id: number; override_id: number; zone: string }

/** Where the windows of some times in a zone are; undefined where these times count nowhere. */
export async function findPlace(
  tx: SystemTx,
  round: Round,
  schedule: OwnedSchedule,
  { override_id: times_of, zone }: Omit<PlaceKey, 'schedule_id'>,
): Promise<Place | undefined> {
  const regions = await regionsOf(tx, schedule)
  const times = (await timesInForce(tx, schedule, regions)).get(times_of)
  return times && { schedule, times_of, times, zone, regions, zones: await round.zones(tx) }
}
