import { type Kysely, sql } from 'kysely'

/** Tenants that became part of others: what they were called, and what was done with each. */
export async function up(db: Kysely<unknown>) {
  await createAliases(db)
  await createMerges(db)
  await keepCounts(db)
  await keepPrimaryPeople(db)
}

/**
 * What a tenant was called before it became part of another: by its slug, by its name under its
 * former parent, or as a client of an integration. Whoever brings one of these again means the tenant
 * that the alias belongs to.
 */
async function createAliases(db: Kysely<unknown>) {
  await sql`
    create table tenant_alias (
      id integer primary key,
      tenant_id integer not null references tenant (id) check (tenant_id <> 1),
      name text not null check (length(name) between 1 and 200),
      slug text unique check (length(slug) between 1 and 100),
      parent_id integer references tenant (id),
      name_key text,
      integration text check (length(integration) between 1 and 200),
      client_key text check (length(client_key) between 1 and 200),
      unique (integration, client_key),
      check ((slug is null) = (integration is not null)),
      check ((slug is null) = (name_key is null)),
      check ((integration is null) = (client_key is null))
    ) strict`.execute(db)
  await sql`create index tenant_alias_of_tenant on tenant_alias (tenant_id, id)`.execute(db)
  await sql`
    create index tenant_alias_by_name on tenant_alias (parent_id, name_key)
    where parent_id is not null`.execute(db)
}

/**
 * One row for each merge, for good. It says what was, and so points at nothing that may be gone
 * since: the sources and the counts are JSON.
 */
async function createMerges(db: Kysely<unknown>) {
  await sql`
    create table tenant_merge (
      id integer primary key autoincrement,
      operation_id integer not null unique references operation (id),
      tenant_id integer not null,
      tenant_name text not null,
      fate text not null check (fate in ('delete', 'keep')),
      sources text not null,
      counts text not null,
      choices text not null
    ) strict`.execute(db)
  await sql`create index tenant_merge_of_tenant on tenant_merge (tenant_id, id)`.execute(db)
  await sql`
    create trigger tenant_merge_is_final before update on tenant_merge
    begin select raise(abort, 'the record of a merge is final'); end`.execute(db)
  await sql`
    create trigger tenant_merge_is_kept before delete on tenant_merge
    begin select raise(abort, 'the record of a merge is final'); end`.execute(db)
}

/** An undo may bring an entry from one tenant back to another. */
async function keepCounts(db: Kysely<unknown>) {
  await sql`
    create trigger preference_entry_count_move after update of tenant_id on preference_entry
    when old.tenant_id <> new.tenant_id
    begin
      update tenant set override_count = override_count - 1 where id = old.tenant_id;
      update tenant set override_count = override_count + 1 where id = new.tenant_id;
    end`.execute(db)
}

/**
 * Whoever leaves a tenant, or is deleted, is nobody's primary person there any more. A merge, which
 * brings people and computers to the same tenant, says itself whose computers they are; an undo knows
 * what each row was, and what was made since stands in its way.
 */
async function keepPrimaryPeople(db: Kysely<unknown>) {
  await sql`drop trigger person_moves_from_computers`.execute(db)
  await sql`
    create trigger person_moves_from_computers before update of tenant_id on person
    when old.tenant_id <> new.tenant_id and not exists (
      select 1
      from open_operation
      join operation on operation.id = open_operation.operation_id
      where operation.kind in ('tenant.merge', 'operation.undo'))
    begin
      update computer set primary_person_id = null, version = version + 1
      where primary_person_id = old.id;
    end`.execute(db)
  await sql`drop trigger person_leaves_computers`.execute(db)
  await sql`
    create trigger person_leaves_computers before delete on person
    when not exists (
      select 1
      from open_operation
      join operation on operation.id = open_operation.operation_id
      where operation.kind in ('tenant.merge', 'operation.undo'))
    begin
      update computer set primary_person_id = null, version = version + 1
      where primary_person_id = old.id;
    end`.execute(db)
}
