import { type Kysely, sql } from 'kysely'

/** Asking for access to a tenant that one knows of, and what people are told by the bell. */
export async function up(db: Kysely<unknown>) {
  // `tenant_id` is that of whoever asks. What they asked for may be no tenant at all.
  await sql`
    create table access_request (
      id integer primary key,
      tenant_id integer not null,
      person_id integer not null,
      asked_for text not null check (length(asked_for) between 1 and 200),
      asked_tenant_id integer references tenant (id) on delete set null,
      message text not null default '',
      asked_at text not null,
      state text not null default 'open' check (state in ('open', 'granted', 'denied')),
      answer text not null default '',
      answered_by text,
      answered_at text,
      foreign key (tenant_id, person_id) references person (tenant_id, id)
        on update cascade on delete cascade,
      check ((state = 'open') = (answered_at is null))
    ) strict`.execute(db)
  await sql`create index access_request_of_person on access_request (person_id, id)`.execute(db)
  await sql`
    create index access_request_open on access_request (asked_tenant_id, id)
    where state = 'open' and asked_tenant_id is not null`.execute(db)

  // Of any kind: the words and the link say what it is about. One with a tenant is shown only
  // while its reader may see that tenant.
  await sql`
    create table notification (
      id integer primary key,
      person_id integer not null references person (id) on delete cascade,
      tenant_id integer references tenant (id) on delete cascade,
      kind text not null,
      subject_id integer,
      title text not null,
      href text not null,
      created_at text not null,
      read_at text
    ) strict`.execute(db)
  await sql`create index notification_of_person on notification (person_id, id)`.execute(db)
  await sql`
    create index notification_unread on notification (person_id) where read_at is null`.execute(db)
  await sql`
    create index notification_about on notification (kind, subject_id)
    where subject_id is not null`.execute(db)
  await sql`
    create index notification_of_tenant on notification (tenant_id)
    where tenant_id is not null`.execute(db)
}
