import { type Kysely, sql } from 'kysely'

/** The spine: operations, and the append-only log of what each one changed. */
export async function up(db: Kysely<unknown>) {
  await sql`
    create table operation (
      id integer primary key autoincrement,
      at text not null,
      kind text not null,
      actor_id integer,
      actor_name text not null,
      reason text,
      undoes_id integer references operation (id),
      change_count integer not null default 0,
      hash text
    ) strict`.execute(db)
  await sql`create index operation_at on operation (at)`.execute(db)
  await sql`create index operation_undoes on operation (undoes_id) where undoes_id is not null`.execute(
    db,
  )

  await sql`
    create table open_operation (
      slot integer primary key check (slot = 1),
      operation_id integer not null references operation (id)
    ) strict`.execute(db)

  await sql`
    create table change (
      id integer primary key autoincrement,
      operation_id integer not null references operation (id),
      table_name text not null,
      row_id integer not null,
      tenant_id integer,
      before text,
      after text,
      check (before is not null or after is not null)
    ) strict`.execute(db)
  await sql`create index change_operation on change (operation_id, id)`.execute(db)
  await sql`create index change_row on change (table_name, row_id, id)`.execute(db)
  await sql`create index change_tenant on change (tenant_id, operation_id, id)`.execute(db)

  await sql`
    create trigger change_is_final before update on change
    begin select raise(abort, 'the change log is append-only'); end`.execute(db)
  await sql`
    create trigger change_is_kept before delete on change
    begin select raise(abort, 'the change log is append-only'); end`.execute(db)
  await sql`
    create trigger operation_is_final before update on operation when old.hash is not null
    begin select raise(abort, 'an operation is final once it is closed'); end`.execute(db)
  await sql`
    create trigger operation_is_kept before delete on operation
    begin select raise(abort, 'the change log is append-only'); end`.execute(db)
}
