import { type Kysely, sql } from 'kysely'

/** What the filters of the history look for, each in the order of operations. */
export async function up(db: Kysely<unknown>) {
  await sql`
    create index operation_by_actor on operation (lower(actor_name), id, kind)`.execute(db)
  await sql`create index operation_by_kind on operation (kind, id)`.execute(db)
  await coverChanges(db)
  await namePeople(db)
  await refuseCycles(db)
}

/**
 * A move that is taken back may find its old parent below it by now. Commands look for that before
 * they move; the tree holds it itself, since a branch that hangs on itself would never be counted to
 * its end.
 */
async function refuseCycles(db: Kysely<unknown>) {
  await sql`
    create trigger tenant_is_not_below_itself before update of parent_id on tenant
    when new.parent_id is not old.parent_id and exists (
      select 1 from tenant as above
      where above.id = new.parent_id and substr(above.path, 1, length(old.path)) = old.path)
    begin
      select raise(abort, 'a tenant cannot be below itself');
    end`.execute(db)
}

/**
 * Whether somebody may see anything of an operation, and how much, is read from the index alone:
 * rows of the log are long.
 */
async function coverChanges(db: Kysely<unknown>) {
  await sql`drop index change_operation`.execute(db)
  await sql`
    create index change_operation on change (operation_id, id, tenant_id, table_name)`.execute(db)
  await sql`drop index change_tenant`.execute(db)
  await sql`
    create index change_tenant on change (tenant_id, operation_id, id, table_name)`.execute(db)
}

/** Whose row it is, of the tables whose rows hang on a person: also of rows that are gone. */
async function namePeople(db: Kysely<unknown>) {
  await sql`
    alter table change add column person_id integer generated always as (
      case
        when table_name = 'person' then row_id
        when table_name in (
          'person_tag', 'user_group_member', 'role_assignment', 'api_token', 'identity'
        ) then coalesce(after, before) ->> '$.person_id'
      end
    ) virtual`.execute(db)
  await sql`
    create index change_person on change (person_id, operation_id, id)
    where person_id is not null`.execute(db)
}
