import { type Kysely, sql } from 'kysely'

/**
 * Tags on computers and on tenants. As with those of people, whoever carries one names the tag's
 * tenant too, so that no row points at a tag of which it says nothing; whether that tenant is above
 * its own is the commands' to see to. No id is given twice, since the log goes by them.
 */
export async function up(db: Kysely<unknown>) {
  await tagComputers(db)
  await tagTenants(db)
}

/** Goes with its computer to another tenant. */
async function tagComputers(db: Kysely<unknown>) {
  await sql`
    create table computer_tag (
      id integer primary key autoincrement,
      tenant_id integer not null,
      computer_id integer not null,
      tag_tenant_id integer not null,
      tag_id integer not null,
      unique (computer_id, tag_id),
      foreign key (tenant_id, computer_id) references computer (tenant_id, id) on update cascade,
      foreign key (tag_tenant_id, tag_id) references tag (tenant_id, id)
    ) strict`.execute(db)
  await sql`create index computer_tag_of_tag on computer_tag (tag_id, computer_id)`.execute(db)
  await sql`create index computer_tag_of_tenant on computer_tag (tenant_id, computer_id)`.execute(
    db,
  )
}

/** Covers the computers of its tenant, and where `covers_children` says so all that is below. */
async function tagTenants(db: Kysely<unknown>) {
  await sql`
    create table tenant_tag (
      id integer primary key autoincrement,
      tenant_id integer not null references tenant (id),
      tag_tenant_id integer not null,
      tag_id integer not null,
      covers_children integer not null default 0 check (covers_children in (0, 1)),
      unique (tenant_id, tag_id),
      foreign key (tag_tenant_id, tag_id) references tag (tenant_id, id)
    ) strict`.execute(db)
  await sql`
    create index tenant_tag_of_tag on tenant_tag (tag_id, covers_children, tenant_id)`.execute(db)
}
