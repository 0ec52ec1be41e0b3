import { type Kysely, sql } from 'kysely'

/** People, those of them who may sign in, their sessions and tokens. */
export async function up(db: Kysely<unknown>) {
  await sql`
    create table person (
      id integer primary key,
      tenant_id integer not null references tenant (id),
      name text not null check (length(name) between 1 and 200),
      email text not null check (length(email) between 3 and 254),
      email_key text not null,
      version integer not null default 1,
      unique (tenant_id, email_key),
      unique (tenant_id, id)
    ) strict`.execute(db)

  await sql`
    create table user_account (
      person_id integer primary key references person (id),
      email_key text not null unique,
      password_hash text not null,
      password_changed_at text not null
    ) strict`.execute(db)

  await sql`
    create table session (
      id integer primary key,
      token_hash text not null unique,
      person_id integer not null references user_account (person_id) on delete cascade,
      created_at text not null,
      last_seen_at text not null,
      expires_at text not null,
      user_agent text not null
    ) strict`.execute(db)
  await sql`create index session_of_person on session (person_id)`.execute(db)
  await sql`create index session_expiry on session (expires_at)`.execute(db)

  await sql`
    create table known_device (
      id integer primary key,
      token_hash text not null unique,
      person_id integer not null references user_account (person_id) on delete cascade,
      last_used_at text not null
    ) strict`.execute(db)
  await sql`create index known_device_of_person on known_device (person_id)`.execute(db)
  await sql`create index known_device_use on known_device (last_used_at)`.execute(db)

  await sql`
    create table api_token (
      id integer primary key,
      tenant_id integer not null,
      person_id integer not null,
      name text not null check (length(name) between 1 and 200),
      prefix text not null,
      token_hash text not null unique,
      expires_at text,
      last_used_at text,
      foreign key (tenant_id, person_id) references person (tenant_id, id)
    ) strict`.execute(db)
  await sql`create index api_token_of_person on api_token (tenant_id, person_id)`.execute(db)

  await sql`
    create table sign_in_failure (
      id integer primary key,
      account_key text not null,
      address text not null,
      at text not null
    ) strict`.execute(db)
  await sql`create index sign_in_failure_of_account on sign_in_failure (account_key, at)`.execute(
    db,
  )
  await sql`create index sign_in_failure_of_address on sign_in_failure (address, at)`.execute(db)
  await sql`create index sign_in_failure_at on sign_in_failure (at)`.execute(db)
}
