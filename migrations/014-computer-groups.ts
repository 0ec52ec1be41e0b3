import { type Kysely, sql } from 'kysely'

/** Groups of computers: filters that are kept, and whoever they match is a member. */
export async function up(db: Kysely<unknown>) {
  await createGroups(db)
  await createIndex(db)
}

/** `filter` is JSON. What it names by id may be gone; then the group has no members. */
async function createGroups(db: Kysely<unknown>) {
  await sql`
    create table computer_group (
      id integer primary key autoincrement,
      tenant_id integer not null references tenant (id),
      name text not null check (length(name) between 1 and 200),
      name_key text not null,
      description text not null default '',
      filter text not null,
      version integer not null default 1,
      unique (tenant_id, name_key),
      unique (tenant_id, id)
    ) strict`.execute(db)
  await sql`create index computer_group_by_name on computer_group (name_key, id)`.execute(db)
}

/** Few computers are excluded from maintenance, so looking for them looks at these alone. */
async function createIndex(db: Kysely<unknown>) {
  await sql`
    create index computer_excluded
    on computer (tab, sort_key, id, tenant_id, kind, platform) where state = 'excluded'`.execute(db)
}
