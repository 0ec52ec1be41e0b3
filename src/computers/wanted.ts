import type { Asker } from '../access/visible.ts'
import type { Db } from '../db/connection.ts'
import { Invalid, NotFound } from '../errors.ts'
import { findTag } from '../tags/queries.ts'
import { findParent } from '../tenants/find-parent.ts'
import { ROOT_ID } from '../tenants/queries.ts'
import type { TagMade, Traits } from './conditions.ts'
import { membersWanted } from './groups/membership.ts'
import { getGroup } from './groups/queries.ts'
import type { ComputerFilter } from './list.ts'
import type { Wanted } from './search.ts'
import { seenBounds } from './seen.ts'

/**
 * What an address asks for, made ready to be looked for; null for what nothing can be. Throws
 * Invalid at `tenant`, or at `group`.
 */
export async function resolveFilter(
  db: Db,
  asker: Asker,
  { tab, q, tenant, only, group, seen, tag, ...plain }: ComputerFilter,
): Promise<Wanted | null> {
  const { kind, platform, maintenance } = plain
  const traits: Traits = {
    texts: q === '' ? [] : [q],
    tenant: tenant === '' ? null : await findTenantOf(db, asker, tenant, only),
    kind,
    platform,
    maintenance,
    tags: await findTags(db, asker, tag),
    ...seenBounds(seen, db.now()),
  }
  return withGroup(db, asker, { ...traits, tab }, group)
}

/** The same of the members of a group only, if one is given. Throws Invalid at `group`. */
export async function withGroup(
  db: Db,
  asker: Asker,
  wanted: Wanted,
  group: number | null,
  field = 'group',
) {
  if (group === null) return wanted
  try {
    return await membersWanted(db, await getGroup(db, asker, group), wanted)
  } catch (error) {
    if (error instanceof NotFound) throw new Invalid({ [field]: 'There is no such group.' })
    if (error instanceof Invalid) throw new Invalid({ [field]: error.message })
    throw error
  }
}

/** The tag with an id, if one is given. One that the asker does not know is carried by nothing. */
export async function findTags(db: Db, asker: Asker, id: number | null): Promise<TagMade[]> {
  if (id === null) return []
  const tag = await findTag(db, asker, 'computer.view', id)
  return [{ id, path: tag?.path ?? '' }]
}

async function findTenantOf(db: Db, asker: Asker, text: string, only: boolean) {
  const { id, path } = await findParent(db, asker, text, { field: 'tenant' })
  return id === ROOT_ID ? null : { id, path, only }
}
