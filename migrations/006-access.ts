import { type Kysely, sql } from 'kysely'

/**
 * Who may see and do what: roles, and their assignment to people and groups at a node of the tree.
 * Each tenant knows its path, so that being below a node is one comparison.
 */
export async function up(db: Kysely<unknown>) {
  await addPaths(db)
  await addRoles(db)
  await addPeople(db)
  await addGroups(db)
  await addAssignments(db)
  await limitTokens(db)
}

/**
 * `/1/3/4/` is the tenant 4 in 3 in the root. The path of what is below a node begins with that of
 * the node, so it lies between it and the same text with the next character after its last slash.
 * `top_id` is the ancestor just below the root: most scopes are one of these.
 */
async function addPaths(db: Kysely<unknown>) {
  await sql`alter table tenant add column path text not null default ''`.execute(db)
  await sql`alter table tenant add column top_id integer`.execute(db)
  await sql`
    with recursive placed (id, path, top_id) as (
      select id, '/' || id || '/', null from tenant where parent_id is null
      union all
      select tenant.id, placed.path || tenant.id || '/', coalesce(placed.top_id, tenant.id)
      from placed join tenant on tenant.parent_id = placed.id
    )
    update tenant set path = placed.path, top_id = placed.top_id
    from placed where placed.id = tenant.id`.execute(db)
  await sql`create unique index tenant_path on tenant (path) where path <> ''`.execute(db)
  await sql`create index tenant_of_top_by_name on tenant (top_id, sort_key, id, slug, path)`.execute(
    db,
  )
  await sql`
    create trigger tenant_path_insert after insert on tenant when new.parent_id is not null
    begin
      update tenant
      set (path, top_id) = (
        select above.path || new.id || '/', coalesce(above.top_id, new.id)
        from tenant as above where above.id = new.parent_id)
      where id = new.id;
    end`.execute(db)
  await sql`
    create trigger tenant_path_move after update of parent_id on tenant
    when old.parent_id is not new.parent_id
    begin
      update tenant
      set (path, top_id) = (
        select above.path || new.id || '/' || substr(tenant.path, length(old.path) + 1),
          coalesce(above.top_id, new.id)
        from tenant as above where above.id = new.parent_id)
      -- Without its first term, the index on paths would not be seen to hold.
      where path <> '' and path >= old.path and path < substr(old.path, 1, length(old.path) - 1) || '0';
    end`.execute(db)
}

/**
 * Roles are All tenants' and serve everybody. The built-in ones have a key, and their permissions
 * are the program's.
 */
async function addRoles(db: Kysely<unknown>) {
  await sql`
    create table role (
      id integer primary key,
      tenant_id integer not null default 1 references tenant (id) check (tenant_id = 1),
      key text unique check (key in ('administrator', 'manager', 'technician', 'viewer')),
      name text not null check (length(name) between 1 and 200),
      name_key text not null unique,
      description text not null default '',
      permissions text,
      requires_second_factor integer not null default 0 check (requires_second_factor in (0, 1)),
      version integer not null default 1,
      check ((key is null) = (permissions is not null))
    ) strict`.execute(db)
  await sql`
    insert into role (id, key, name, name_key, description, requires_second_factor) values
      (1, 'administrator', 'Administrator', 'administrator', 'Everything there is.', 1),
      (2, 'manager', 'Manager', 'manager', 'Tenants, people and access, but not the roles themselves nor the installation.', 0),
      (3, 'technician', 'Technician', 'technician', 'The daily work: people, preferences, exports.', 0),
      (4, 'viewer', 'Viewer', 'viewer', 'Sees everything and changes nothing.', 0)`.execute(db)
}

/** Whoever could sign in until now was an administrator. */
async function addPeople(db: Kysely<unknown>) {
  await sql`alter table person add column role_id integer references role (id)`.execute(db)
  await sql`
    alter table person add column active integer not null default 1 check (active in (0, 1))`.execute(
    db,
  )
  await sql`
    update person set role_id = 1
    where id in (select person_id from user_account)`.execute(db)
  await sql`create index person_of_role on person (role_id) where role_id is not null`.execute(db)
}

async function addGroups(db: Kysely<unknown>) {
  await sql`
    create table user_group (
      id integer primary key,
      tenant_id integer not null references tenant (id),
      name text not null check (length(name) between 1 and 200),
      name_key text not null,
      description text not null default '',
      version integer not null default 1,
      unique (tenant_id, name_key),
      unique (tenant_id, id)
    ) strict`.execute(db)
  // A member is a person of the same tenant as the group: no group reaches across.
  await sql`
    create table user_group_member (
      id integer primary key,
      tenant_id integer not null,
      group_id integer not null,
      person_id integer not null,
      unique (group_id, person_id),
      foreign key (tenant_id, group_id) references user_group (tenant_id, id),
      foreign key (tenant_id, person_id) references person (tenant_id, id)
    ) strict`.execute(db)
  await sql`create index user_group_member_person on user_group_member (person_id)`.execute(db)
}

/**
 * Who × role × node, allowed or denied. `tenant_id` is the node, with everything below it. The
 * person or group may belong to another tenant: that is what an assignment is for. Denied without
 * a role means everything.
 */
async function addAssignments(db: Kysely<unknown>) {
  await sql`
    create table role_assignment (
      id integer primary key,
      tenant_id integer not null references tenant (id),
      person_id integer references person (id),
      group_id integer references user_group (id),
      role_id integer references role (id),
      effect text not null check (effect in ('allow', 'deny')),
      reason text not null default '',
      expires_at text,
      operation_id integer not null references operation (id),
      check ((person_id is null) <> (group_id is null)),
      check (role_id is not null or effect = 'deny')
    ) strict`.execute(db)
  await sql`
    create index role_assignment_of_person on role_assignment (person_id)
    where person_id is not null`.execute(db)
  await sql`
    create index role_assignment_of_group on role_assignment (group_id)
    where group_id is not null`.execute(db)
  await sql`create index role_assignment_of_tenant on role_assignment (tenant_id)`.execute(db)
  await sql`create index role_assignment_of_role on role_assignment (role_id)`.execute(db)
}

/** A token may be given less than its owner has: some permissions only. Null is all of them. */
async function limitTokens(db: Kysely<unknown>) {
  await sql`alter table api_token add column permissions text`.execute(db)
}
