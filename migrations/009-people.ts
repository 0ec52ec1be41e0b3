import { type Kysely, sql } from 'kysely'

/**
 * People in lists: what they sort by, where in the tree they are, how they came, and their search
 * index; their tags; and the invitations of those who become users.
 */
export async function up(db: Kysely<unknown>) {
  await addColumns(db)
  await keepPlaces(db)
  await createIndexes(db)
  await createSearch(db)
  await createTags(db)
  await createInvitations(db)
}

async function addColumns(db: Kysely<unknown>) {
  await sql`alter table person add column sort_key text not null default ''`.execute(db)
  await sql`
    alter table person
    add column source text not null default 'typed' check (source in ('typed', 'imported'))`.execute(
    db,
  )
  await sql`alter table person add column invited_at text`.execute(db)
  await sql`alter table person add column top_id integer`.execute(db)
  await sql`alter table person add column tenant_sort_key text not null default ''`.execute(db)
  const { rows } = await sql<{ id: number; name: string }>`select id, name from person`.execute(db)
  for (const { id, name } of rows)
    await sql`update person set sort_key = ${plainLetters(name)} where id = ${id}`.execute(db)
  await sql`
    update person
    set (top_id, tenant_sort_key) = (
      select tenant.top_id, tenant.sort_key from tenant where tenant.id = person.tenant_id)`.execute(
    db,
  )
}

/** Near enough to how names are sorted; the next change of a name makes it exact. */
const plainLetters = (name: string) =>
  name
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .normalize('NFC')
    .trim()

/**
 * A person knows the ancestor of their tenant just below the root, and what the tenant sorts by:
 * most scopes are one such branch, and lists are sorted by tenant.
 */
async function keepPlaces(db: Kysely<unknown>) {
  await sql`
    create trigger person_place_insert after insert on person
    begin
      update person
      set top_id = tenant.top_id, tenant_sort_key = tenant.sort_key
      from tenant
      where person.id = new.id and tenant.id = new.tenant_id;
    end`.execute(db)
  await sql`
    create trigger person_place_move after update of tenant_id on person
    when old.tenant_id <> new.tenant_id
    begin
      update person
      set top_id = tenant.top_id, tenant_sort_key = tenant.sort_key
      from tenant
      where person.id = new.id and tenant.id = new.tenant_id;
    end`.execute(db)
  await sql`
    create trigger tenant_place_of_people after update of top_id, sort_key on tenant
    when old.top_id is not new.top_id or old.sort_key <> new.sort_key
    begin
      update person
      set top_id = new.top_id, tenant_sort_key = new.sort_key
      where tenant_id = new.id;
    end`.execute(db)
}

/**
 * One index for each order, of everybody and of one branch below the root. They hold whatever a list
 * filters by, so that a filter which goes through many people need not look up each of them.
 */
async function createIndexes(db: Kysely<unknown>) {
  await sql`
    create index person_by_name
    on person (sort_key, id, tenant_id, email_key, role_id, active, source)`.execute(db)
  await sql`
    create index person_by_email
    on person (email_key, id, tenant_id, sort_key, role_id, active, source)`.execute(db)
  await sql`
    create index person_by_tenant
    on person (tenant_sort_key, tenant_id, sort_key, id, email_key, role_id, active, source)`.execute(
    db,
  )
  await sql`
    create index person_of_top_by_name
    on person (top_id, sort_key, id, tenant_id, email_key, role_id, active, source)`.execute(db)
  await sql`
    create index person_of_top_by_email
    on person (top_id, email_key, id, tenant_id, sort_key, role_id, active, source)`.execute(db)
  await sql`
    create index person_of_top_by_tenant
    on person (top_id, tenant_sort_key, tenant_id, sort_key, id, email_key, role_id, active, source)`.execute(
    db,
  )
  await sql`create index person_of_tenant on person (tenant_id, sort_key, id)`.execute(db)
  await sql`
    create index person_invited on person (sort_key, id) where invited_at is not null`.execute(db)
  await sql`drop index person_of_role`.execute(db)
  await sql`
    create index person_of_role on person (role_id, sort_key, id)
    where role_id is not null`.execute(db)
}

/** Finds any three letters in a row of a name or an address, however many people there are. */
async function createSearch(db: Kysely<unknown>) {
  await sql`
    create virtual table person_search using fts5 (
      words, content = '', contentless_delete = 1, tokenize = 'trigram case_sensitive 1'
    )`.execute(db)
  await sql`
    insert into person_search (person_search, rank) values ('deletemerge', 50)`.execute(db)
  await sql`
    insert into person_search (rowid, words)
    select id, sort_key || ' ' || email_key from person`.execute(db)
  await sql`
    create trigger person_search_insert after insert on person
    begin
      insert into person_search (rowid, words)
      values (new.id, new.sort_key || ' ' || new.email_key);
    end`.execute(db)
  await sql`
    create trigger person_search_update after update of sort_key, email_key on person
    when old.sort_key <> new.sort_key or old.email_key <> new.email_key
    begin
      delete from person_search where rowid = old.id;
      insert into person_search (rowid, words)
      values (new.id, new.sort_key || ' ' || new.email_key);
    end`.execute(db)
  await sql`
    create trigger person_search_delete after delete on person
    begin
      delete from person_search where rowid = old.id;
    end`.execute(db)
}

/**
 * A tag is made at a tenant, and can be given there and below. What carries one names the tag's
 * tenant too, so that no row points at a tag of which it says nothing; whether that tenant is above
 * its own is the commands' to see to.
 */
async function createTags(db: Kysely<unknown>) {
  await sql`
    create table tag (
      id integer primary key,
      tenant_id integer not null references tenant (id),
      name text not null check (length(name) between 1 and 200),
      name_key text not null,
      color text not null check (color in
        ('gray', 'red', 'orange', 'yellow', 'green', 'teal', 'blue', 'violet', 'pink')),
      description text not null default '',
      version integer not null default 1,
      unique (tenant_id, name_key),
      unique (tenant_id, id)
    ) strict`.execute(db)
  await sql`
    create table person_tag (
      id integer primary key,
      tenant_id integer not null,
      person_id integer not null,
      tag_tenant_id integer not null,
      tag_id integer not null,
      unique (person_id, tag_id),
      foreign key (tenant_id, person_id) references person (tenant_id, id),
      foreign key (tag_tenant_id, tag_id) references tag (tenant_id, id)
    ) strict`.execute(db)
  await sql`create index person_tag_of_tag on person_tag (tag_id, person_id)`.execute(db)
  await sql`create index person_tag_of_tenant on person_tag (tenant_id, person_id)`.execute(db)
}

/** One for each person who was invited and has not come yet; of its secret only the hash. */
async function createInvitations(db: Kysely<unknown>) {
  await sql`
    create table invitation (
      person_id integer primary key references person (id),
      token_hash text not null unique,
      invited_by text not null,
      created_at text not null,
      expires_at text not null
    ) strict`.execute(db)
}
