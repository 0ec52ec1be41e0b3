import type { Actor } from '../access/actor.ts'
import { permitsSomewhere } from '../access/decide.ts'
import type { Reads } from '../db/connection.ts'
import { listSchedules } from '../schedules/queries.ts'
import type { Hit } from './groups.ts'

/** The schedules that have the words in their name, without those that are deleted. */
export async function scheduleHits(db: Reads, actor: Actor, words: string, limit: number) {
  if (words === '' || !permitsSomewhere(actor.access, 'schedule.view')) return []
  const schedules = await listSchedules(db, actor, { q: words, limit })
  return schedules.map(({ id, name, tenant_name }): Hit => ({
    href: `/schedules/${id}`,
    icon: 'calendar-clock',
    name,
    detail: tenant_name,
  }))
}
