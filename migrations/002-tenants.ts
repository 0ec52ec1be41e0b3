import { type Kysely, sql } from 'kysely'

/** The tree of tenants, its root, its search index, and the counts that a branch keeps. */
export async function up(db: Kysely<unknown>) {
  await sql`
    create table tenant (
      id integer primary key,
      parent_id integer references tenant (id),
      kind text not null check (kind in
        ('root', 'msp', 'client', 'branch_office', 'department', 'division', 'location')),
      name text not null check (length(name) between 1 and 200),
      name_key text not null,
      sort_key text not null,
      slug text not null unique check (length(slug) between 1 and 100),
      description text not null default '',
      active integer not null default 1 check (active in (0, 1)),
      blocks_inheritance integer not null default 0 check (blocks_inheritance in (0, 1)),
      version integer not null default 1,
      child_count integer not null default 0,
      descendant_count integer not null default 0,
      override_count integer not null default 0,
      override_count_below integer not null default 0,
      check ((kind = 'root') = (parent_id is null)),
      check (id <> parent_id),
      unique (parent_id, name_key)
    ) strict`.execute(db)
  await sql`create unique index tenant_root on tenant (kind) where kind = 'root'`.execute(db)
  // One index for each order in which a branch is listed.
  await sql`create index tenant_by_name on tenant (parent_id, sort_key, id)`.execute(db)
  await sql`create index tenant_by_slug on tenant (parent_id, slug, id)`.execute(db)
  await sql`create index tenant_by_kind on tenant (parent_id, kind, id)`.execute(db)
  await sql`create index tenant_by_children on tenant (parent_id, child_count, id)`.execute(db)
  await sql`create index tenant_by_overrides on tenant (parent_id, override_count, id)`.execute(db)
  await createFilterIndexes(db)
  await sql`create index tenant_blocking on tenant (id) where blocks_inheritance = 1`.execute(db)

  await createCounts(db)
  await createSearch(db)

  await sql`
    insert into tenant (id, kind, name, name_key, sort_key, slug)
    values (1, 'root', 'All tenants', 'all tenants', 'all tenants', 'all-tenants')`.execute(db)
}

/**
 * For filters, which look through all branches in the order of names. They hold the slug too, so
 * that a search which goes through many names need not look up each tenant. What few tenants are
 * has an index of only those, also by kind.
 */
async function createFilterIndexes(db: Kysely<unknown>) {
  await sql`create index tenant_all_by_name on tenant (sort_key, id, slug)`.execute(db)
  await sql`create index tenant_of_kind on tenant (kind, sort_key, id, slug)`.execute(db)
  await sql`create index tenant_inactive on tenant (sort_key, id, slug) where active = 0`.execute(
    db,
  )
  await sql`
    create index tenant_inactive_of_kind on tenant (kind, sort_key, id, slug)
    where active = 0`.execute(db)
  await sql`
    create index tenant_overriding on tenant (sort_key, id, slug)
    where override_count > 0`.execute(db)
  await sql`
    create index tenant_overriding_of_kind on tenant (kind, sort_key, id, slug)
    where override_count > 0`.execute(db)
}

/** A tenant tells its parent what it brings, takes away or passes on: no command can forget it. */
async function createCounts(db: Kysely<unknown>) {
  await sql`
    create trigger tenant_count_insert after insert on tenant when new.parent_id is not null
    begin
      update tenant
      set child_count = child_count + 1,
          descendant_count = descendant_count + 1 + new.descendant_count,
          override_count_below =
            override_count_below + new.override_count + new.override_count_below
      where id = new.parent_id;
    end`.execute(db)
  await sql`
    create trigger tenant_count_delete after delete on tenant when old.parent_id is not null
    begin
      update tenant
      set child_count = child_count - 1,
          descendant_count = descendant_count - 1 - old.descendant_count,
          override_count_below =
            override_count_below - old.override_count - old.override_count_below
      where id = old.parent_id;
    end`.execute(db)
  await sql`
    create trigger tenant_count_move after update of parent_id on tenant
    when old.parent_id is not new.parent_id
    begin
      update tenant
      set child_count = child_count - 1,
          descendant_count = descendant_count - 1 - old.descendant_count,
          override_count_below =
            override_count_below - old.override_count - old.override_count_below
      where id = old.parent_id;
      update tenant
      set child_count = child_count + 1,
          descendant_count = descendant_count + 1 + new.descendant_count,
          override_count_below =
            override_count_below + new.override_count + new.override_count_below
      where id = new.parent_id;
    end`.execute(db)
  await sql`
    create trigger tenant_count_pass_up
    after update of descendant_count, override_count, override_count_below on tenant
    when new.parent_id is not null
    begin
      update tenant
      set descendant_count = descendant_count + new.descendant_count - old.descendant_count,
          override_count_below = override_count_below
            + new.override_count + new.override_count_below
            - old.override_count - old.override_count_below
      where id = new.parent_id;
    end`.execute(db)
}

/** Finds any three letters in a row of a name or a slug, however many tenants there are. */
async function createSearch(db: Kysely<unknown>) {
  await sql`
    create virtual table tenant_search using fts5 (
      words, content = '', contentless_delete = 1, tokenize = 'trigram case_sensitive 1'
    )`.execute(db)
  // By default a tenth of deleted words makes it write a part of itself anew, again and again while
  // many tenants are deleted, which takes three times as long and holds everybody up meanwhile.
  await sql`
    insert into tenant_search (tenant_search, rank) values ('deletemerge', 50)`.execute(db)
  await sql`
    create trigger tenant_search_insert after insert on tenant when new.kind <> 'root'
    begin
      insert into tenant_search (rowid, words) values (new.id, new.sort_key || ' ' || new.slug);
    end`.execute(db)
  await sql`
    create trigger tenant_search_update after update of sort_key, slug on tenant
    when new.kind <> 'root' and (old.sort_key <> new.sort_key or old.slug <> new.slug)
    begin
      delete from tenant_search where rowid = old.id;
      insert into tenant_search (rowid, words) values (new.id, new.sort_key || ' ' || new.slug);
    end`.execute(db)
  await sql`
    create trigger tenant_search_delete after delete on tenant
    begin
      delete from tenant_search where rowid = old.id;
    end`.execute(db)
}
