import type { Permission } from '../access/permissions.ts'
import { type Asker, nameTenants, visibleScope } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import { WHOLE_TREE, inScope } from '../db/scope.ts'
import { everyTenant } from '../db/scope-guard.ts'
import { lastNames } from './last-names.ts'
import type { Referred, Row } from './tables.ts'

/** What a row points at. */
export type Reference = { table: Referred; id: number }

/** Stands for a tenant that is not told: no tenant has this id. */
export const HIDDEN_TENANT = 0

/** What somebody is told of that which a row points at. */
export type Names = (table: Referred, id: Row[string] | undefined) => string | null

const NOUNS: Record<Referred, string> = {
  tenant: 'tenant',
  person: 'person',
  user_group: 'group',
  role: 'role',
  tag: 'tag',
  computer: 'computer',
  computer_group: 'group of computers',
  schedule: 'schedule',
}

/**
 * The names of what the rows of a history point at, as far as the asker may read them; another word
 * for the rest. One query for each kind of thing, and another where something of it is gone.
 */
export async function readNames(db: Reads, asker: Asker, references: Reference[]): Promise<Names> {
  const ids = (table: Referred) => [
    ...new Set(references.filter((one) => one.table === table).map(({ id }) => id)),
  ]
  const known = {
    tenant: await nameTenants(db, asker, ids('tenant')),
    person: await nameRows(db, asker, 'person', 'person.view', ids('person')),
    user_group: await nameRows(db, asker, 'user_group', 'access.view', ids('user_group')),
    tag: await nameInherited(db, asker, 'tag', ids('tag')),
    schedule: await nameInherited(db, asker, 'schedule', ids('schedule')),
    computer_group: await nameInherited(db, asker, 'computer_group', ids('computer_group')),
    computer: await nameRows(db, asker, 'computer', 'computer.view', ids('computer')),
    role: await nameRoles(db, ids('role')),
  }
  const gone = new Map<Referred, Map<number, string>>()
  for (const table of Object.keys(known) as Referred[]) {
    const unknown = ids(table).filter((id) => !known[table].has(id) && id !== HIDDEN_TENANT)
    gone.set(table, await lastNames(db, asker, table, unknown))
  }
  const sees_all = visibleScope(asker, 'tenant.view') === WHOLE_TREE
  return (table, id) => {
    if (id === null || id === undefined) return null
    const noun = NOUNS[table]
    const is_told = table !== 'tenant' || id !== HIDDEN_TENANT
    const former = gone.get(table)?.get(Number(id))
    if (former !== undefined && !known[table].has(Number(id))) return `${former} (deleted)`
    const unnamed = sees_all && is_told ? `a deleted ${noun} (${id})` : `another ${noun}`
    return known[table].get(Number(id))?.name ?? unnamed
  }
}

type Named = Map<number, { name: string }>

/** The names of rows of a table, where their tenant is one at which the asker has the permission. */
async function nameRows(
  db: Reads,
  asker: Asker,
  table: 'person' | 'user_group' | 'computer',
  permission: Permission,
  ids: number[],
): Promise<Named> {
  if (ids.length === 0) return new Map()
  const rows = await db
    .selectFrom(table)
    .select(['id', 'name'])
    .where(inScope(visibleScope(asker, permission), `${table}.tenant_id`))
    .where('id', 'in', ids)
    .execute()
  return new Map(rows.map(({ id, name }) => [id, { name }]))
}

/**
 * The names of tags, schedules or groups of computers. What is made further up holds below too, so one reads those of
 * every tenant and leaves out what was made neither in nor above what the asker sees.
 */
async function nameInherited(
  db: Reads,
  asker: Asker,
  table: 'tag' | 'schedule' | 'computer_group',
  ids: number[],
): Promise<Named> {
  if (ids.length === 0) return new Map()
  const found = await everyTenant(db)
    .selectFrom(table)
    .select(['id', 'name', 'tenant_id'])
    .where('id', 'in', ids)
    .execute()
  const places = await nameTenants(
    db,
    asker,
    found.map((one) => one.tenant_id),
  )
  const known = found.filter((one) => places.has(one.tenant_id))
  return new Map(known.map(({ id, name }) => [id, { name }]))
}

async function nameRoles(db: Reads, ids: number[]): Promise<Named> {
  if (ids.length === 0) return new Map()
  const roles = await db.selectFrom('role').select(['id', 'name']).where('id', 'in', ids).execute()
  return new Map(roles.map(({ id, name }) => [id, { name }]))
}
