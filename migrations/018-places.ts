import { type Kysely, sql } from 'kysely'

/**
 * Whoever moves computers says along with their tenant which branch that is in. The trigger sees to
 * it where that was not done: to write the row a second time costs a quarter of a move.
 */
export async function up(db: Kysely<unknown>) {
  await sql`drop trigger computer_place_move`.execute(db)
  await sql`
    create trigger computer_place_move after update of tenant_id on computer
    when old.tenant_id <> new.tenant_id
      and new.top_id is not (select tenant.top_id from tenant where tenant.id = new.tenant_id)
    begin
      update computer
      set top_id = (select tenant.top_id from tenant where tenant.id = new.tenant_id)
      where id = new.id;
    end`.execute(db)
}
