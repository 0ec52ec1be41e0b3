import { type Kysely, sql } from 'kysely'

/** Work that a person prepares, confirms, watches and comes back to; and API calls sent twice. */
export async function up(db: Kysely<unknown>) {
  await sql`
    create table job (
      id integer primary key,
      kind text not null,
      person_id integer references person (id),
      state text not null check (state in ('draft', 'running', 'done', 'failed', 'cancelled')),
      title text not null,
      input text not null,
      result text,
      done integer not null default 0,
      total integer not null default 0,
      created_at text not null,
      ended_at text
    ) strict`.execute(db)
  await sql`create index job_of_person on job (person_id, id)`.execute(db)
  await sql`create index job_running on job (id) where state = 'running'`.execute(db)

  await sql`
    create table idempotency_key (
      id integer primary key,
      person_id integer not null references person (id),
      key text not null,
      request_hash text not null,
      status integer not null,
      body text not null,
      created_at text not null,
      unique (person_id, key)
    ) strict`.execute(db)
  await sql`create index idempotency_key_age on idempotency_key (created_at)`.execute(db)
}
