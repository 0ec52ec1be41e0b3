import type { Reads } from '../db/connection.ts'
import { everyTenant } from '../db/scope-guard.ts'
import type { VisibleTenant } from '../db/scope.ts'
import { idTable } from '../db/search.ts'
import type { Pair } from './part.ts'

/** With triggers and indexes this many rows take some 10 ms. */
export const WRITTEN_AT_ONCE = 250

/** The tables of which a source has rows of its own. */
type OwnedTable =
  | 'agent'
  | 'api_token'
  | 'computer'
  | 'exemption'
  | 'identity_provider'
  | 'person'
  | 'preference_entry'
  | 'role_assignment'
  | 'tag'
  | 'tenant_alias'
  | 'user_group'

/** How many rows of a table belong to a tenant. */
export async function countAt(db: Reads, table: OwnedTable, tenant_id: number) {
  const { number } = await everyTenant(db)
    .selectFrom(table as 'person')
    .select((eb) => eb.fn.countAll<number>().as('number'))
    .where('tenant_id', '=', tenant_id)
    .executeTakeFirstOrThrow()
  return number
}

/** The ids of the rows of a table that belong to a tenant. */
export async function idsAt(db: Reads, table: OwnedTable, tenant_id: number) {
  const rows = await everyTenant(db)
    .selectFrom(table as 'person')
    .select('id')
    .where('tenant_id', '=', tenant_id)
    .orderBy('id')
    .execute()
  return rows.map(({ id }) => id)
}

/** Rows listed by their ids, as a condition. */
export const listed = (ids: number[]) => idTable(JSON.stringify(ids))

/**
 * The destination as one at which rows may be written: whoever merges was found to have there what
 * the rows need, each part for itself.
 */
export const admittedAt = ({ destination }: Pair) => destination.id as VisibleTenant<never>
