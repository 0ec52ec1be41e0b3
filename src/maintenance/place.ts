import type { Reads } from '../db/connection.ts'
import { layOut } from '../schedules/plan.ts'
import { findSchedules } from '../schedules/queries.ts'
import type { Opening } from './open.ts'

/** Where windows open: whose times they follow, and in which zone. */
export type Place = Omit<Opening, 'local_start'>

/** The same as columns have it. */
export type PlaceKey = { schedule_id: number; override_id: number; zone: string }

export const PLACE = ['schedule_id', 'override_id', 'zone'] as const

/** The id of the order that started a window, which it says in place of a time; null without. */
export const orderIn = (local_start: string) =>
  local_start.startsWith('#') ? Number(local_start.slice(1)) : null

/** The key as a text, to look things up by. */
export const textOf = ({ schedule_id, override_id, zone }: PlaceKey) =>
  `${schedule_id} ${override_id} ${zone}`

export const keyOf = ({ schedule, times_of, zone }: Place): PlaceKey => ({
  schedule_id: schedule.id,
  override_id: times_of,
  zone,
})

/**
 * Says of some places where they are now: undefined where the schedule is not enabled, or its times
 * count nowhere.
 */
export async function findPlaces(
  db: Reads,
  keys: readonly PlaceKey[],
): Promise<(key: PlaceKey) => Place | undefined> {
  const ids = [...new Set(keys.map(({ schedule_id }) => schedule_id))]
  const schedules = [...(await findSchedules(db, ids)).values()]
  const enabled = schedules.filter(({ state }) => state === 'enabled')
  const laidOut = new Map((await layOut(db, enabled)).map((one) => [one.schedule.id, one]))
  return ({ schedule_id, override_id, zone }) => {
    const found = laidOut.get(schedule_id)
    const times = found?.times.get(override_id)
    if (!found || !times) return undefined
    const { schedule, regions } = found
    return { schedule, regions, times_of: override_id, times, zone }
  }
}
