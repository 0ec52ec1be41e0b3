import { permits } from '../access/decide.ts'
import type { Asker } from '../access/visible.ts'
import { type GroupUse, groupUses } from '../computers/groups/uses.ts'
import type { Reads } from '../db/connection.ts'
import { type TagUse, tagUses } from '../tags/uses.ts'
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

const nouns = ['schedule', 'schedules'] as const

const ofTag: TagUse = {
  nouns,
  find: (db, asker, tag_id) => usersOf(db, asker, 'target_tag_id', tag_id),
}

const ofGroup: GroupUse = {
  nouns,
  find: (db, asker, group_id) => usersOf(db, asker, 'target_group_id', group_id),
}

/** Makes known what is for a group, which cannot be deleted then, and for a tag, which says so. */
export function tellUses() {
  if (!groupUses.includes(ofGroup)) groupUses.push(ofGroup)
  if (!tagUses.includes(ofTag)) tagUses.push(ofTag)
}
