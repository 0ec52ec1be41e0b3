import { sql } from 'kysely'
import type { Reads } from './connection.ts'
import { everyTenant } from './scope-guard.ts'

/**
 * The columns of the database as it is that say which tenant a row belongs to or is about, as
 * `table.column`: by their name, or since they refer to a tenant.
 */
export async function listTenantColumns(db: Reads): Promise<string[]> {
  const { rows } = await sql<{ column: string }>`
    select own.name || '.' || info.name as column
    from sqlite_master as own join pragma_table_info(own.name) as info
    where own.type = 'table' and (info.name = 'tenant_id' or info.name like '%\_tenant_id' escape '\\')
    union
    select own.name || '.' || key."from"
    from sqlite_master as own join pragma_foreign_key_list(own.name) as key
    where own.type = 'table' and key."table" = 'tenant'
    order by 1`.execute(everyTenant(db) as never)
  return rows.map(({ column }) => column)
}
