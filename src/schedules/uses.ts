import { type Asker, visibleScope } from '../access/visible.ts'
import { type GroupUse, groupUses } from '../computers/groups/uses.ts'
import type { Reads } from '../db/connection.ts'
import { inScope } from '../db/scope.ts'
import { everyTenant } from '../db/scope-guard.ts'
import { type TagUse, tagUses } from '../tags/uses.ts'

type Column = 'target_tag_id' | 'target_group_id'

/** So many are named where others only are counted. */
const NAMED = 20

const usersOf = (db: Reads, column: Column, id: number) =>
  everyTenant(db)
    .selectFrom('schedule')
    .innerJoin('tenant', 'tenant.id', 'schedule.tenant_id')
    .where(`schedule.${column}`, '=', id)
    .where('schedule.state', '<>', 'deleted')

/** The schedules that the asker sees and that are for a tag or a group: how many, and the first. */
async function seenUsersOf(db: Reads, asker: Asker, column: Column, id: number) {
  const users = usersOf(db, column, id).where(
    inScope(visibleScope(asker, 'schedule.view'), 'tenant.path'),
  )
  const { count } = await users
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  const first = await users
    .select(['schedule.id', 'schedule.name'])
    .orderBy('schedule.name_key')
    .orderBy('schedule.id')
    .limit(NAMED)
    .execute()
  const seen = first.map(({ id, name }) => ({ name, href: `/schedules/${id}` }))
  return { count, seen }
}

const nouns = ['schedule', 'schedules'] as const

const ofTag: TagUse = {
  nouns,
  find: (db, asker, tag_id) => seenUsersOf(db, asker, 'target_tag_id', tag_id),
}

const ofGroup: GroupUse = {
  nouns,
  find: (db, asker, group_id) => seenUsersOf(db, asker, 'target_group_id', group_id),
  isUsed: async (db, group_id) =>
    (await usersOf(db, 'target_group_id', group_id)
      .select('schedule.id')
      .limit(1)
      .executeTakeFirst()) !== undefined,
}

/** Makes known what is for a group, which cannot be deleted then, and for a tag, which says so. */
export function tellUses() {
  if (!groupUses.includes(ofGroup)) groupUses.push(ofGroup)
  if (!tagUses.includes(ofTag)) tagUses.push(ofTag)
}
