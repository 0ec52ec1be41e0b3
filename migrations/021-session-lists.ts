import { type Kysely, sql } from 'kysely'

/**
 * Sessions are listed by their state at a tenant, and counted by their state in a window. A secret
 * link to a calendar is kept by the hash of its secret, and ends with its person or its tenant.
 */
export async function up(db: Kysely<unknown>) {
  await sql`
    create index maintenance_session_of_tenant_state
    on maintenance_session (tenant_id, state, id)`.execute(db)
  await sql`
    create index maintenance_session_of_window_state
    on maintenance_session (window_id, state, tenant_id)`.execute(db)
  await sql`
    create index maintenance_window_of_time on maintenance_window (starts_at, id)`.execute(db)
  await sql`
    create table calendar_feed (
      id integer primary key autoincrement,
      person_id integer not null references person (id) on delete cascade,
      tenant_id integer not null references tenant (id) on delete cascade,
      token_hash text not null unique,
      created_at text not null
    ) strict`.execute(db)
  await sql`create index calendar_feed_of_person on calendar_feed (person_id, tenant_id)`.execute(
    db,
  )
  await sql`create index calendar_feed_of_tenant on calendar_feed (tenant_id)`.execute(db)
}
