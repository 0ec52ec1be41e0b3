import { type Kysely, sql } from 'kysely'

/**
 * What moved is found in the log of the tenant that it left as well. Both columns are read from the
 * logged rows themselves, so they cannot say anything else than these, which the chain of hashes
 * holds.
 */
export async function up(db: Kysely<unknown>) {
  await nameFormerTenants(db)
  await nameNewParents(db)
  await coverFormerTenants(db)
}

/** The tenant that a row left; of a tenant, its former parent. */
async function nameFormerTenants(db: Kysely<unknown>) {
  await sql`
    alter table change add column left_tenant_id integer generated always as (
      case
        when before is null or after is null then null
        when table_name = 'tenant' then
          case when before ->> '$.parent_id' <> after ->> '$.parent_id'
          then before ->> '$.parent_id' end
        when before ->> '$.tenant_id' <> after ->> '$.tenant_id' then before ->> '$.tenant_id'
      end
    ) virtual`.execute(db)
  await sql`
    create index change_left on change (left_tenant_id, operation_id, id, table_name)
    where left_tenant_id is not null`.execute(db)
}

/** Of a tenant that moved: its new parent. Any other row is logged under the tenant it came to. */
async function nameNewParents(db: Kysely<unknown>) {
  await sql`
    alter table change add column joined_tenant_id integer generated always as (
      case
        when table_name = 'tenant' and before ->> '$.parent_id' <> after ->> '$.parent_id'
        then after ->> '$.parent_id'
      end
    ) virtual`.execute(db)
  await sql`
    create index change_joined on change (joined_tenant_id, operation_id, id)
    where joined_tenant_id is not null`.execute(db)
}

/** Whether somebody may see anything of an operation is read from the index alone, as before. */
async function coverFormerTenants(db: Kysely<unknown>) {
  await sql`drop index change_operation`.execute(db)
  await sql`
    create index change_operation
    on change (operation_id, id, tenant_id, table_name, left_tenant_id)`.execute(db)
}
