import { type Kysely, sql } from 'kysely'

/** Signing in with an account at somebody else's: who vouches, and for whom. */
export async function up(db: Kysely<unknown>) {
  // `tenant_id` is the tenant whose people it is for, with those below it.
  await sql`
    create table identity_provider (
      id integer primary key,
      tenant_id integer not null references tenant (id),
      name text not null check (length(name) between 1 and 200),
      slug text not null unique check (length(slug) between 1 and 63),
      issuer text not null,
      client_id text not null,
      client_secret text,
      vouches_for_two_factors integer not null default 0
        check (vouches_for_two_factors in (0, 1)),
      enabled integer not null default 1 check (enabled in (0, 1)),
      version integer not null default 1
    ) strict`.execute(db)
  await sql`create index identity_provider_of_tenant on identity_provider (tenant_id)`.execute(db)

  // Whom an account there is: found by issuer and subject, never by an e-mail address.
  await sql`
    create table identity (
      id integer primary key,
      tenant_id integer not null,
      person_id integer not null,
      provider_id integer not null references identity_provider (id),
      issuer text not null,
      subject text not null,
      created_at text not null,
      last_used_at text,
      unique (provider_id, issuer, subject),
      foreign key (tenant_id, person_id) references person (tenant_id, id)
        on delete cascade on update cascade
    ) strict`.execute(db)
  await sql`create index identity_of_person on identity (tenant_id, person_id)`.execute(db)

  // Somebody who was sent to a provider, until they come back or do not. What the browser holds
  // and what the provider brings back are kept as hashes only.
  await sql`
    create table oidc_attempt (
      id integer primary key,
      state_hash text not null unique,
      browser_hash text not null,
      provider_id integer not null references identity_provider (id) on delete cascade,
      purpose text not null check (purpose in ('sign_in', 'link', 'verify', 'invitation')),
      next text not null,
      redirect_uri text not null,
      session_hash text,
      reference text,
      address text not null,
      expires_at text not null
    ) strict`.execute(db)
  await sql`create index oidc_attempt_of_provider on oidc_attempt (provider_id)`.execute(db)
  await sql`create index oidc_attempt_of_address on oidc_attempt (address)`.execute(db)
  await sql`create index oidc_attempt_expiry on oidc_attempt (expires_at)`.execute(db)
}
