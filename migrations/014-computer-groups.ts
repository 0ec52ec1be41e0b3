import { type Kysely, sql } from 'kysely'

/** Groups of computers: filters that are kept, and whoever they match is a member. */
export async function up(db: Kysely<unknown>) {
  await createGroups(db)
  await noteWhatIsMissing(db)
  await createIndex(db)
}

/**
 * `filter` is JSON. `missing` says what of that which it names by id has been deleted: then the group
 * has no members, even if the id is given again.
 */
async function createGroups(db: Kysely<unknown>) {
  await sql`
    create table computer_group (
      id integer primary key autoincrement,
      tenant_id integer not null references tenant (id),
      name text not null check (length(name) between 1 and 200),
      name_key text not null,
      description text not null default '',
      filter text not null,
      missing text not null default '' check (missing in ('', 'tenant', 'tag')),
      version integer not null default 1,
      unique (tenant_id, name_key),
      unique (tenant_id, id)
    ) strict`.execute(db)
  await sql`create index computer_group_by_name on computer_group (name_key, id)`.execute(db)
}

/** It is part of the operation that deletes what is named, and so comes back with it. */
async function noteWhatIsMissing(db: Kysely<unknown>) {
  await sql`
    create index computer_group_naming_tenant
    on computer_group (json_extract(filter, '$.tenant_id'))`.execute(db)
  await sql`
    create index computer_group_naming_tag
    on computer_group (json_extract(filter, '$.tag_id'))`.execute(db)
  await sql`
    create trigger tenant_leaves_computer_groups after delete on tenant
    begin
      update computer_group set missing = 'tenant', version = version + 1
      where json_extract(filter, '$.tenant_id') = old.id and missing = '';
    end`.execute(db)
  await sql`
    create trigger tag_leaves_computer_groups after delete on tag
    begin
      update computer_group set missing = 'tag', version = version + 1
      where json_extract(filter, '$.tag_id') = old.id and missing = '';
    end`.execute(db)
}

/** Few computers are excluded from maintenance, so looking for them looks at these alone. */
async function createIndex(db: Kysely<unknown>) {
  await sql`
    create index computer_excluded
    on computer (tab, sort_key, id, tenant_id, kind, platform) where state = 'excluded'`.execute(db)
}
