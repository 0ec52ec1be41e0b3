import { permits } from '../access/decide.ts'
import type { Asker } from '../access/visible.ts'
import { type GroupUse, groupUses } from '../computers/groups/uses.ts'
import type { Reads } from '../db/connection.ts'
import { schedules } from './queries.ts'

/** The schedules that are for a tag or a group: how many, and those of them that the asker sees. */
async function usersOf(
  db: Reads,
  { access }: Asker,
  column: 'target_tag_id' | 'target_group_id',
  id: number,
) {
  const rows = await schedules(db)
    .where(`schedule.${column}`, '=', id)
    .where('schedule.state', '<>', 'deleted')
    .orderBy('schedule.name_key')
    .orderBy('schedule.id')
    .execute()
  const seen = rows
    .filter(({ path }) => permits(access, 'schedule.view', path))
    .map((row) => ({ name: row.name, href: `/schedules/${row.id}` }))
  return { count: rows.length, seen }
}

/** The schedules that lose their target when a tag is deleted. */
export const schedulesOfTag = (db: Reads, asker: Asker, tag_id: number) =>
  usersOf(db, asker, 'target_tag_id', tag_id)

const use: GroupUse = {
  nouns: ['schedule', 'schedules'],
  find: (db, asker, group_id) => usersOf(db, asker, 'target_group_id', group_id),
}

/** From now on, a group that a schedule is for cannot be deleted. */
export function keepGroupsInUse() {
  if (!groupUses.includes(use)) groupUses.push(use)
}
