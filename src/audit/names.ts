import { type Asker, nameTenants, visibleScope } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import { WHOLE_TREE, inScope } from '../db/scope.ts'
import type { Referred, Row } from './tables.ts'

/** What a row points at. */
export type Reference = { table: Referred; id: number }

/** What somebody is told of that which a row points at. */
export type Names = (table: Referred, id: Row[string] | undefined) => string | null

const NOUNS: Record<Referred, string> = {
  tenant: 'tenant',
  person: 'person',
  user_group: 'group',
  role: 'role',
}

/**
 * The names of what the rows of a history point at, as far as they still exist and the asker may
 * read them; another word for the rest. One query for each kind of thing.
 */
export async function readNames(db: Reads, asker: Asker, references: Reference[]): Promise<Names> {
  const ids = (table: Referred) => [
    ...new Set(references.filter((one) => one.table === table).map(({ id }) => id)),
  ]
  const [tenants, people, groups, roles] = await Promise.all([
    nameTenants(db, asker, ids('tenant')),
    namePeople(db, asker, ids('person')),
    nameGroups(db, asker, ids('user_group')),
    nameRoles(db, ids('role')),
  ])
  const known = { tenant: tenants, person: people, user_group: groups, role: roles }
  const sees_all = visibleScope(asker, 'tenant.view') === WHOLE_TREE
  return (table, id) => {
    if (id === null || id === undefined) return null
    const noun = NOUNS[table]
    const unnamed = sees_all ? `a deleted ${noun} (${id})` : `another ${noun}`
    return known[table].get(Number(id))?.name ?? unnamed
  }
}

const byId = <One extends { id: number }>(rows: One[]) => new Map(rows.map((row) => [row.id, row]))

async function namePeople(db: Reads, asker: Asker, ids: number[]) {
  if (ids.length === 0) return byId<{ id: number; name: string }>([])
  const people = await db
    .selectFrom('person')
    .select(['id', 'name'])
    .where(inScope(visibleScope(asker, 'person.view'), 'person.tenant_id'))
    .where('id', 'in', ids)
    .execute()
  return byId(people)
}

async function nameGroups(db: Reads, asker: Asker, ids: number[]) {
  if (ids.length === 0) return byId<{ id: number; name: string }>([])
  const groups = await db
    .selectFrom('user_group')
    .select(['id', 'name'])
    .where(inScope(visibleScope(asker, 'access.view'), 'user_group.tenant_id'))
    .where('id', 'in', ids)
    .execute()
  return byId(groups)
}

async function nameRoles(db: Reads, ids: number[]) {
  if (ids.length === 0) return byId<{ id: number; name: string }>([])
  return byId(await db.selectFrom('role').select(['id', 'name']).where('id', 'in', ids).execute())
}
