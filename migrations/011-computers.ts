import { type Kysely, sql } from 'kysely'

/** Managed machines, what each integration reports of them, and the counts and indexes of lists. */
export async function up(db: Kysely<unknown>) {
  await createComputers(db)
  await createAgents(db)
  await createIndexes(db)
  await keepPlaces(db)
  await keepCounts(db)
  await keepPrimaryPeople(db)
  await createSearch(db)
}

/**
 * `uuid_key` and `serial_key` are what tells one machine from another, in one spelling; null where
 * the machine has nothing that would. Two computers may share them while nobody has decided.
 * `tab` is where a list shows the computer; '' stands where it never was seen. No id is given twice, since the log goes by them.
 */
async function createComputers(db: Kysely<unknown>) {
  await sql`
    create table computer (
      id integer primary key autoincrement,
      tenant_id integer not null references tenant (id) check (tenant_id <> 1),
      name text not null check (length(name) between 1 and 200),
      sort_key text not null,
      serial_number text not null default '',
      manufacturer text not null default '',
      model text not null default '',
      hardware_uuid text not null default '',
      uuid_key text,
      serial_key text,
      operating_system text not null default '',
      platform text not null check (platform in ('windows', 'macos', 'linux', 'other')),
      kind text not null check (kind in ('server', 'workstation', 'portable')),
      primary_person_id integer,
      state text not null check (state in ('new', 'active', 'excluded', 'deleted')),
      source text not null check (source in ('typed', 'imported', 'reported')),
      version integer not null default 1,
      first_seen_at text not null default '',
      last_seen_at text not null default '',
      stale integer not null default 0 check (stale in (0, 1)),
      top_id integer,
      tab text not null generated always as (
        case
          when state = 'deleted' then 'deleted'
          when stale = 1 then 'stale'
          when state = 'new' then 'new'
          else 'active'
        end) virtual,
      unique (tenant_id, id),
      foreign key (tenant_id, primary_person_id) references person (tenant_id, id)
    ) strict`.execute(db)
}

/**
 * One integration's record of a computer. It goes with the computer to another tenant. Without a
 * computer it waits for somebody to decide which one it is, for the reason in `doubt`.
 */
async function createAgents(db: Kysely<unknown>) {
  await sql`
    create table agent (
      id integer primary key,
      tenant_id integer not null references tenant (id) check (tenant_id <> 1),
      computer_id integer,
      integration text not null check (length(integration) between 1 and 200),
      external_key text not null check (length(external_key) between 1 and 200),
      name text not null default '',
      reported text not null default '{}',
      doubt text check (doubt in ('several', 'contradiction', 'elsewhere')),
      last_seen_at text not null default '',
      unique (integration, external_key),
      check ((computer_id is null) = (doubt is not null)),
      foreign key (tenant_id, computer_id) references computer (tenant_id, id) on update cascade
    ) strict`.execute(db)
  await sql`
    create index agent_of_computer on agent (tenant_id, computer_id)
    where computer_id is not null`.execute(db)
  await sql`create index agent_undecided on agent (tenant_id, id) where computer_id is null`.execute(
    db,
  )
}

/**
 * One index for each order and each filter, of everything and of one branch below the root. They
 * hold what else a list may ask for, so that what does not fit is passed over without a look at the
 * computer itself.
 */
async function createIndexes(db: Kysely<unknown>) {
  await sql`
    create index computer_by_name
    on computer (tab, sort_key, id, tenant_id, kind, platform)`.execute(db)
  await sql`
    create index computer_by_system
    on computer (tab, operating_system, id, tenant_id, kind, platform)`.execute(db)
  await sql`create index computer_by_last_seen on computer (tab, last_seen_at, id)`.execute(db)
  await sql`
    create index computer_of_kind
    on computer (tab, kind, sort_key, id, tenant_id, platform)`.execute(db)
  await sql`
    create index computer_of_platform
    on computer (tab, platform, sort_key, id, tenant_id, kind)`.execute(db)
  await sql`
    create index computer_of_top
    on computer (top_id, tab, sort_key, id, tenant_id, kind, platform)`.execute(db)
  await sql`
    create index computer_of_tenant
    on computer (tenant_id, tab, sort_key, id, kind, platform)`.execute(db)
  await sql`
    create index computer_of_person on computer (primary_person_id)
    where primary_person_id is not null`.execute(db)
  await sql`create index computer_uuid on computer (uuid_key) where uuid_key is not null`.execute(
    db,
  )
  await sql`
    create index computer_serial on computer (serial_key)
    where serial_key is not null`.execute(db)
}

/** A computer knows the ancestor of its tenant just below the root: most scopes are one of these. */
async function keepPlaces(db: Kysely<unknown>) {
  await sql`
    create trigger computer_place_insert after insert on computer
    begin
      update computer
      set top_id = (select tenant.top_id from tenant where tenant.id = new.tenant_id)
      where id = new.id;
    end`.execute(db)
  await sql`
    create trigger computer_place_move after update of tenant_id on computer
    when old.tenant_id <> new.tenant_id
    begin
      update computer
      set top_id = (select tenant.top_id from tenant where tenant.id = new.tenant_id)
      where id = new.id;
    end`.execute(db)
  await sql`
    create trigger tenant_place_of_computers after update of top_id on tenant
    when old.top_id is not new.top_id
    begin
      update computer set top_id = new.top_id where tenant_id = new.id;
    end`.execute(db)
}

/** How many computers each tab has: of each branch below the root, and of everything (as 1). */
async function keepCounts(db: Kysely<unknown>) {
  await sql`
    create table computer_count (
      top_id integer not null,
      tab text not null,
      number integer not null,
      primary key (top_id, tab)
    ) strict, without rowid`.execute(db)
  await sql`
    create trigger computer_count_update after update of state, stale, top_id on computer
    when old.tab <> new.tab or old.top_id is not new.top_id
    begin
      update computer_count set number = number - 1
      where top_id in (1, old.top_id) and tab = old.tab and old.top_id is not null;
      insert into computer_count (top_id, tab, number)
      select column1, new.tab, 1 from (values (1), (new.top_id)) where new.top_id is not null
      on conflict (top_id, tab) do update set number = number + 1;
    end`.execute(db)
  await sql`
    create trigger computer_count_delete after delete on computer
    begin
      update computer_count set number = number - 1
      where top_id in (1, old.top_id) and tab = old.tab;
    end`.execute(db)
}

/** Whoever leaves a tenant, or is deleted, is nobody's primary person there any more. */
async function keepPrimaryPeople(db: Kysely<unknown>) {
  await sql`
    create trigger person_leaves_computers before delete on person
    begin
      update computer set primary_person_id = null, version = version + 1
      where primary_person_id = old.id;
    end`.execute(db)
  await sql`
    create trigger person_moves_from_computers before update of tenant_id on person
    when old.tenant_id <> new.tenant_id
    begin
      update computer set primary_person_id = null, version = version + 1
      where primary_person_id = old.id;
    end`.execute(db)
}

/** Finds any three letters in a row of a name, a serial number, or the primary person's name. */
async function createSearch(db: Kysely<unknown>) {
  await sql`
    create virtual table computer_search using fts5 (
      words, content = '', contentless_delete = 1, tokenize = 'trigram case_sensitive 1'
    )`.execute(db)
  await sql`
    insert into computer_search (computer_search, rank) values ('deletemerge', 50)`.execute(db)
  await sql`
    create trigger computer_search_insert after insert on computer
    begin
      insert into computer_search (rowid, words)
      values (new.id, new.sort_key || ' ' || lower(new.serial_number) || ' ' || coalesce(
        (select sort_key from person where id = new.primary_person_id), ''));
    end`.execute(db)
  await sql`
    create trigger computer_search_update
    after update of sort_key, serial_number, primary_person_id on computer
    when old.sort_key <> new.sort_key or old.serial_number <> new.serial_number
      or old.primary_person_id is not new.primary_person_id
    begin
      delete from computer_search where rowid = old.id;
      insert into computer_search (rowid, words)
      values (new.id, new.sort_key || ' ' || lower(new.serial_number) || ' ' || coalesce(
        (select sort_key from person where id = new.primary_person_id), ''));
    end`.execute(db)
  await sql`
    create trigger computer_search_delete after delete on computer
    begin
      delete from computer_search where rowid = old.id;
    end`.execute(db)
  await sql`
    create trigger computer_search_person after update of sort_key on person
    when old.sort_key <> new.sort_key
    begin
      delete from computer_search
      where rowid in (select id from computer where primary_person_id = new.id);
      insert into computer_search (rowid, words)
      select id, sort_key || ' ' || lower(serial_number) || ' ' || new.sort_key
      from computer where primary_person_id = new.id;
    end`.execute(db)
}
