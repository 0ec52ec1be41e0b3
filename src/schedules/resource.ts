import type { z } from 'zod'
import type { Actor } from '../access/actor.ts'
import type { Asker } from '../access/visible.ts'
import type { Db, Reads } from '../db/connection.ts'
import { ROOT_ID, getTenant } from '../tenants/queries.ts'
import type { ListedSchedule, ScheduleListQuery, ScheduleResource } from './api-schemas.ts'
import { chosenNames } from './chosen.ts'
import { getSchedule } from './queries.ts'
import { timesInWords } from './says.ts'
import { findSchedules } from './search.ts'
import type { Schedule, Times } from './stored.ts'

/** A schedule as the API shows it. Throws NotFound when there is none that the asker may see. */
export async function describeSchedule(
  db: Reads,
  asker: Asker,
  id: number,
): Promise<ScheduleResource> {
  const schedule = await getSchedule(db, asker, id)
  const chosen = await chosenNames(db, asker, id)
  const computer_ids = chosen.map((computer) => computer.id).sort((one, other) => one - other)
  return { ...toResource(schedule), computer_ids }
}

/** A page of schedules by name, as the API shows them. */
export async function pageOfSchedules(
  db: Db,
  actor: Actor,
  { state, q, tenant_id, without_children, limit, cursor }: z.infer<typeof ScheduleListQuery>,
): Promise<{ schedules: ListedSchedule[]; next_cursor: string | null }> {
  const tenant = tenant_id === undefined ? null : await getTenant(db, actor, tenant_id)
  const is_everywhere = tenant?.id === ROOT_ID && !without_children
  const place = tenant && !is_everywhere ? { ...tenant, only: without_children } : null
  const wanted = { state, q: q.trim(), tenant: place }
  const { rows, next } = await findSchedules(db, actor, wanted, { limit, after: cursor ?? null })
  const schedules = rows.map((row) => ({ ...toResource(row), next_at: row.next_at }))
  return { schedules, next_cursor: next }
}

/** Times as the API shows them. */
export const describeTimes = (times: Times) => ({
  rules: times.rules.map(({ rrule, start }) => ({ rrule, start })),
  window_minutes: times.window_minutes,
  zone_of: times.zone_of,
  zone: times.zone,
  times_in_words: timesInWords(times),
})

const toResource = (schedule: Schedule) => ({
  id: schedule.id,
  tenant_id: schedule.tenant_id,
  name: schedule.name,
  state: schedule.state,
  ...describeTimes(schedule),
  applies_to_children: schedule.applies_to_children,
  locked: schedule.locked,
  detection_minutes: schedule.detection_minutes,
  target: schedule.target,
  target_tag_id: schedule.target_tag_id,
  target_group_id: schedule.target_group_id,
  target_kinds: schedule.target_kinds,
  options: schedule.options,
  spread_minutes: schedule.spread_minutes,
  missed: schedule.missed,
  missed_days: schedule.missed_days,
  overlap: schedule.overlap,
  unfinished: schedule.unfinished,
  version: schedule.version,
})
