import { type Kysely, sql } from 'kysely'

/**
 * More ways to show who one is: accounts without a password, passkeys, authenticator apps, recovery
 * codes, and the state between two steps of signing in.
 */
export async function up(db: Kysely<unknown>) {
  // People of two tenants may have the same address, and neither learns of the other.
  await sql`
    create table new_user_account (
      person_id integer primary key references person (id),
      email_key text not null,
      password_hash text,
      password_changed_at text,
      has_second_factor integer not null default 0 check (has_second_factor in (0, 1)),
      second_factor_due_at text,
      passkey_handle text unique
    ) strict`.execute(db)
  await sql`
    insert into new_user_account (person_id, email_key, password_hash, password_changed_at)
    select person_id, email_key, password_hash, password_changed_at from user_account`.execute(db)
  await sql`drop table user_account`.execute(db)
  await sql`alter table new_user_account rename to user_account`.execute(db)
  await sql`create index user_account_email on user_account (email_key, person_id)`.execute(db)

  await sql`alter table session add column verified_at text not null default ''`.execute(db)
  await sql`
    alter table session
    add column two_factors integer not null default 0 check (two_factors in (0, 1))`.execute(db)
  await sql`update session set verified_at = created_at`.execute(db)

  await sql`
    create table passkey (
      id integer primary key,
      person_id integer not null references user_account (person_id) on delete cascade,
      name text not null check (length(name) between 1 and 200),
      credential_id text not null unique,
      public_key text not null,
      counter integer not null,
      transports text not null,
      created_at text not null,
      last_used_at text
    ) strict`.execute(db)
  await sql`create index passkey_of_person on passkey (person_id)`.execute(db)

  await sql`
    create table totp (
      person_id integer primary key references user_account (person_id) on delete cascade,
      secret text not null,
      created_at text not null,
      confirmed_at text,
      last_step integer not null default 0
    ) strict`.execute(db)

  await sql`
    create table recovery_code (
      id integer primary key,
      person_id integer not null references user_account (person_id) on delete cascade,
      code_hash text not null,
      used_at text,
      unique (person_id, code_hash)
    ) strict`.execute(db)

  await sql`
    create table pending_sign_in (
      id integer primary key,
      token_hash text not null unique,
      person_id integer not null references user_account (person_id) on delete cascade,
      expires_at text not null
    ) strict`.execute(db)
  await sql`create index pending_sign_in_of_person on pending_sign_in (person_id)`.execute(db)
  await sql`create index pending_sign_in_expiry on pending_sign_in (expires_at)`.execute(db)

  await sql`
    create table passkey_challenge (
      id integer primary key,
      challenge text not null unique,
      purpose text not null check (purpose in ('register', 'sign_in', 'verify')),
      holder_hash text not null,
      address text not null,
      expires_at text not null
    ) strict`.execute(db)
  await sql`create index passkey_challenge_of_address on passkey_challenge (address)`.execute(db)
  await sql`create index passkey_challenge_expiry on passkey_challenge (expires_at)`.execute(db)
}
