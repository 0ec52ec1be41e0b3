import type { Asker } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import { localNow, settleInput } from './api-input.ts'
import type { SchedulePatch } from './api-schemas.ts'
import { chosenOutOfSight } from './chosen.ts'
import { type ScheduleInput, inputOf } from './commands.ts'
import { API_FIELD, refuseFrozen } from './frozen.ts'
import type { OwnedSchedule } from './queries.ts'
import type { Times } from './stored.ts'

/** What somebody sends to change a schedule, but for its state. */
export type FactsPatch = Omit<SchedulePatch, 'state' | 'version'>

/**
 * A schedule as it is to be; null where that is what it is. What is left out stays, unless it belongs
 * to another target, or to another choice of zone. Throws Invalid by field.
 */
export async function planPatch(
  db: Reads,
  asker: Asker,
  schedule: OwnedSchedule,
  patch: FactsPatch,
  now: string,
): Promise<ScheduleInput | null> {
  // It may lack what a schedule needs now, as a target that was deleted, and be disabled for that.
  if (Object.keys(patch).length === 0) return null
  const current = await inputOf(db, schedule)
  const merged = merge(current, patch, await chosenOutOfSight(db, asker, schedule.id))
  const has_new_times = timesText(merged) !== timesText(current)
  const settled = settleInput(
    merged,
    has_new_times ? await localNow(db, schedule.path, merged, now) : null,
  )
  if (patch.options || has_new_times) await refuseFrozen(db, schedule.path, settled, now, API_FIELD)
  return JSON.stringify(settled) === JSON.stringify(current) ? null : settled
}

function merge(current: ScheduleInput, patch: FactsPatch, hidden: number[]): ScheduleInput {
  const { target = current.target, zone_of = current.zone_of, computer_ids } = patch
  return {
    ...current,
    ...(target !== current.target && {
      target_tag_id: null,
      target_group_id: null,
      computer_ids: [],
    }),
    ...(zone_of !== 'fixed' && { zone: null }),
    ...(patch as Partial<ScheduleInput>),
    ...(computer_ids && { computer_ids: byNumber([...computer_ids, ...hidden], target) }),
  }
}

const byNumber = (ids: number[], target: ScheduleInput['target']) =>
  target === 'computers' ? [...new Set(ids)].sort((one, other) => one - other) : ids

const timesText = ({ rules, window_minutes, zone_of, zone }: Times) =>
  JSON.stringify([rules, window_minutes, zone_of, zone])
