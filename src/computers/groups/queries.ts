import { type Asker, visibleScope } from '../../access/visible.ts'
import type { Db, Reads } from '../../db/connection.ts'
import { inScope } from '../../db/scope.ts'
import { NotFound } from '../../errors.ts'
import { nameKey } from '../../tenants/names.ts'
import { countComputers } from '../search.ts'
import { type Deciding, membershipOf } from './membership.ts'

/** The groups that the asker may see: those of tenants whose computers they may see. */
const groups = (db: Reads, asker: Asker) =>
  db
    .selectFrom('computer_group')
    .innerJoin('tenant', 'tenant.id', 'computer_group.tenant_id')
    .select(['computer_group.id', 'computer_group.name', 'computer_group.name_key'])
    .select(['computer_group.description', 'computer_group.filter', 'computer_group.version'])
    .select(['computer_group.missing', 'computer_group.tenant_id', 'tenant.name as tenant_name'])
    .select('tenant.path as tenant_path')
    .where(inScope(visibleScope(asker, 'computer.view'), 'tenant.path'))

/** A group by id. Throws NotFound when there is none that the asker may see. */
export async function getGroup(db: Reads, asker: Asker, id: number) {
  const group = await groups(db, asker).where('computer_group.id', '=', id).executeTakeFirst()
  if (!group) throw new NotFound(`group of computers ${id}`)
  return group
}

export type ComputerGroup = Awaited<ReturnType<typeof getGroup>>

type Page = { q?: string; limit: number; after?: { name_key: string; id: number } | null }

/** A page of the groups that the asker may see and that have `q` in their name, by name. */
export function listGroups(db: Reads, asker: Asker, { q = '', limit, after = null }: Page) {
  let query = groups(db, asker)
    .orderBy('computer_group.name_key')
    .orderBy('computer_group.id')
    .limit(limit)
  if (q !== '')
    query = query.where(({ eb, fn, val }) =>
      eb(fn<number>('instr', ['computer_group.name_key', val(nameKey(q))]), '>', 0),
    )
  if (after)
    query = query.where(({ eb, refTuple, tuple }) =>
      eb(
        refTuple('computer_group.name_key', 'computer_group.id'),
        '>',
        tuple(after.name_key, after.id),
      ),
    )
  return query.execute()
}

/** Members are counted so far on a page, since a group may be of a million. */
export const COUNTED = 1000

/** How many members there are that the asker may see; null for more than are counted. */
export async function countMembers(db: Pick<Db, 'now'> & Reads, asker: Asker, group: Deciding) {
  const { tabs, traits, problem } = await membershipOf(db, group, db.now())
  let count = 0
  for (const tab of traits ? tabs : []) {
    if (count > COUNTED) break
    count += await countComputers(db, asker, { ...traits!, tab }, COUNTED + 1)
  }
  return { count: count > COUNTED ? null : count, problem }
}
