import { type Kysely, sql } from 'kysely'

/** What each node of the tree decides, and who is excused from a lock. */
export async function up(db: Kysely<unknown>) {
  await sql`
    create table preference_entry (
      id integer primary key,
      tenant_id integer not null references tenant (id),
      key text not null,
      form text not null check (form in ('value', 'reset', 'list')),
      value text,
      added text,
      removed text,
      lock text check (lock in ('fixed', 'bounded')),
      bounds text,
      version integer not null default 1,
      operation_id integer not null references operation (id),
      unique (tenant_id, key),
      check ((form = 'value') = (value is not null)),
      check ((form = 'list') = (added is not null and removed is not null)),
      check ((lock is 'bounded') = (bounds is not null)),
      check (lock is not 'bounded' or form = 'value')
    ) strict`.execute(db)
  await sql`create index preference_entry_of_key on preference_entry (key, tenant_id)`.execute(db)

  await sql`
    create table exemption (
      id integer primary key,
      tenant_id integer not null references tenant (id),
      key text not null,
      lock_tenant_id integer not null references tenant (id),
      reason text not null,
      ticket text not null default '',
      expires_at text,
      operation_id integer not null references operation (id),
      check (tenant_id <> lock_tenant_id)
    ) strict`.execute(db)
  await sql`create index exemption_of_tenant on exemption (tenant_id, key)`.execute(db)
  await sql`create index exemption_of_key on exemption (key, tenant_id)`.execute(db)
  await sql`create index exemption_of_lock on exemption (lock_tenant_id, key)`.execute(db)

  await sql`
    create trigger preference_entry_count_insert after insert on preference_entry
    begin
      update tenant set override_count = override_count + 1 where id = new.tenant_id;
    end`.execute(db)
  await sql`
    create trigger preference_entry_count_delete after delete on preference_entry
    begin
      update tenant set override_count = override_count - 1 where id = old.tenant_id;
    end`.execute(db)
}
