import { type Kysely, sql } from 'kysely'

/** Sessions are listed by their state at a tenant, and counted by their state in a window. */
export async function up(db: Kysely<unknown>) {
  await sql`
    create index maintenance_session_of_tenant_state
    on maintenance_session (tenant_id, state, id)`.execute(db)
  await sql`
    create index maintenance_session_of_window_state
    on maintenance_session (window_id, state, tenant_id)`.execute(db)
  await sql`
    create index maintenance_window_of_time on maintenance_window (starts_at, id)`.execute(db)
}
