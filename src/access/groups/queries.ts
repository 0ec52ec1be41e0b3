import type { Reads } from '../../db/connection.ts'
import { inScope } from '../../db/scope.ts'
import { NotFound } from '../../errors.ts'
import { type Asker, visibleScope } from '../visible.ts'

const groups = (db: Reads, asker: Asker) =>
  db
    .selectFrom('user_group')
    .innerJoin('tenant', 'tenant.id', 'user_group.tenant_id')
    .select(['user_group.id', 'user_group.name', 'user_group.description', 'user_group.version'])
    .select(['tenant.id as tenant_id', 'tenant.name as tenant_name', 'tenant.path as tenant_path'])
    .select(({ selectFrom, fn }) => [
      selectFrom('user_group_member')
        .select(fn.countAll<number>().as('number'))
        .whereRef('user_group_member.tenant_id', '=', 'user_group.tenant_id')
        .whereRef('user_group_member.group_id', '=', 'user_group.id')
        .$asScalar()
        .$notNull()
        .as('members'),
    ])
    .where(inScope(visibleScope(asker, 'access.view'), 'tenant.path'))

/** A page of the groups that the asker may see, by name. */
export const listGroups = (
  db: Reads,
  asker: Asker,
  { after, limit }: { after: { name_key: string; id: number } | null; limit: number },
) => {
  let query = groups(db, asker)
    .select('user_group.name_key')
    .orderBy('user_group.name_key')
    .orderBy('user_group.id')
    .limit(limit)
  if (after)
    query = query.where(({ eb, refTuple, tuple }) =>
      eb(refTuple('user_group.name_key', 'user_group.id'), '>', tuple(after.name_key, after.id)),
    )
  return query.execute()
}

export type ListedGroup = Awaited<ReturnType<typeof listGroups>>[number]

/** A group by id. Throws NotFound when there is none that the asker may see. */
export async function getGroup(db: Reads, asker: Asker, id: number) {
  const group = await groups(db, asker).where('user_group.id', '=', id).executeTakeFirst()
  if (!group) throw new NotFound(`group ${id}`)
  return group
}

export type Group = Awaited<ReturnType<typeof getGroup>>

/**
 * A page of the members of a group, by name: `after` is what the last one before sorts by. Their
 * addresses are for those only who may see people there.
 */
export const listMembers = async (
  db: Reads,
  asker: Asker,
  group_id: number,
  { after, limit }: { after: { sort_key: string; id: number } | null; limit: number },
) => {
  let query = db
    .selectFrom('user_group_member as member')
    .innerJoin('person', (join) =>
      join
        .onRef('person.id', '=', 'member.person_id')
        .onRef('person.tenant_id', '=', 'member.tenant_id'),
    )
    .select(['person.id', 'person.name', 'person.sort_key', 'person.email', 'person.active'])
    .select('person.role_id')
    .where('member.group_id', '=', group_id)
    .where(inScope(visibleScope(asker, 'access.view'), 'person.tenant_id'))
    .orderBy('person.sort_key')
    .orderBy('person.id')
    .limit(limit)
  if (after)
    query = query.where(({ eb, refTuple, tuple }) =>
      eb(refTuple('person.sort_key', 'person.id'), '>', tuple(after.sort_key, after.id)),
    )
  const members = await query.execute()
  const people = members.map(({ id }) => id)
  const shown = await db
    .selectFrom('person')
    .select('person.id')
    .where('person.id', 'in', people)
    .where(inScope(visibleScope(asker, 'person.view'), 'person.tenant_id'))
    .execute()
  const visible = new Set(shown.map(({ id }) => id))
  return members.map((member) => ({
    ...member,
    email: visible.has(member.id) ? member.email : null,
  }))
}

export type Member = Awaited<ReturnType<typeof listMembers>>[number]
