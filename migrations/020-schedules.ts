import { type Kysely, sql } from 'kysely'

/** When maintenance happens, what fires, and what each computer's turn comes to. */
export async function up(db: Kysely<unknown>) {
  await createSchedules(db)
  await createOverrides(db)
  await createWindows(db)
  await createSessions(db)
  await addZonesOfComputers(db)
  await noteWhatToPlan(db)
}

/**
 * `rules` are the times as they were decided: RFC 5545 rules on local time. The zone is a fixed one,
 * or that of each tenant or computer. `detection_minutes` is how long before the window detection
 * starts; null for at once. `options` hold only what differs from the preferences. A target that was
 * deleted leaves its columns null: the schedule then covers nothing, and says so. Schedules that were
 * deleted go with their tenant; others keep it from being deleted.
 */
async function createSchedules(db: Kysely<unknown>) {
  await sql`
    create table schedule (
      id integer primary key autoincrement,
      tenant_id integer not null references tenant (id) on delete cascade,
      name text not null check (length(name) between 1 and 200),
      name_key text not null,
      state text not null default 'enabled' check (state in ('enabled', 'disabled', 'deleted')),
      applies_to_children integer not null check (applies_to_children in (0, 1)),
      locked integer not null default 0 check (locked in (0, 1)),
      rules text not null,
      window_minutes integer not null check (window_minutes between 1 and 44640),
      zone_of text not null check (zone_of in ('fixed', 'tenant', 'computer')),
      zone text,
      detection_minutes integer check (detection_minutes between 1 and 10080),
      target text not null check (target in ('all', 'tag', 'group', 'computers')),
      target_tag_tenant_id integer,
      target_tag_id integer,
      target_group_tenant_id integer,
      target_group_id integer,
      target_kinds text not null default 'any'
        check (target_kinds in ('any', 'servers', 'workstations', 'portables', 'not_servers')),
      options text not null default '{}',
      spread_minutes integer not null default 0 check (spread_minutes between 0 and 1440),
      missed text not null default 'skip' check (missed in ('skip', 'once', 'all')),
      missed_days integer not null default 7 check (missed_days between 1 and 366),
      overlap text not null default 'skip' check (overlap in ('skip', 'queue')),
      unfinished text not null default 'miss' check (unfinished in ('miss', 'wait')),
      version integer not null default 1,
      unique (tenant_id, id),
      check ((zone_of = 'fixed') = (zone is not null)),
      check (locked = 0 or applies_to_children = 1),
      check (target = 'tag' or target_tag_id is null),
      check (target = 'group' or target_group_id is null),
      check ((target_tag_id is null) = (target_tag_tenant_id is null)),
      check ((target_group_id is null) = (target_group_tenant_id is null)),
      foreign key (target_tag_tenant_id, target_tag_id) references tag (tenant_id, id)
        on update cascade on delete set null,
      foreign key (target_group_tenant_id, target_group_id)
        references computer_group (tenant_id, id) on update cascade on delete set null
    ) strict`.execute(db)
  await sql`
    create unique index schedule_name on schedule (tenant_id, name_key)
    where state <> 'deleted'`.execute(db)
  await sql`create index schedule_by_name on schedule (state, name_key, id, tenant_id)`.execute(db)
  await sql`
    create index schedule_of_tag on schedule (target_tag_id)
    where target_tag_id is not null`.execute(db)
  await sql`
    create index schedule_of_group on schedule (target_group_id)
    where target_group_id is not null`.execute(db)
  await createChosen(db)
}

/** The computers of a schedule that is for chosen ones. They stay chosen in another tenant. */
async function createChosen(db: Kysely<unknown>) {
  await sql`
    create table schedule_computer (
      id integer primary key autoincrement,
      tenant_id integer not null,
      computer_id integer not null,
      schedule_tenant_id integer not null,
      schedule_id integer not null,
      unique (schedule_id, computer_id),
      foreign key (tenant_id, computer_id) references computer (tenant_id, id)
        on update cascade on delete cascade,
      foreign key (schedule_tenant_id, schedule_id) references schedule (tenant_id, id)
        on update cascade on delete cascade
    ) strict`.execute(db)
  await sql`create index schedule_computer_of_computer on schedule_computer (computer_id)`.execute(
    db,
  )
}

/** What a tenant decides for itself and below about a schedule that it inherits. */
async function createOverrides(db: Kysely<unknown>) {
  await sql`
    create table schedule_override (
      id integer primary key autoincrement,
      tenant_id integer not null references tenant (id),
      schedule_tenant_id integer not null,
      schedule_id integer not null,
      form text not null check (form in ('off', 'on', 'own')),
      rules text,
      window_minutes integer check (window_minutes between 1 and 44640),
      zone_of text check (zone_of in ('fixed', 'tenant', 'computer')),
      zone text,
      version integer not null default 1,
      operation_id integer not null references operation (id),
      unique (schedule_id, tenant_id),
      check (tenant_id <> schedule_tenant_id),
      check ((form = 'own') = (rules is not null)),
      check ((form = 'own') = (window_minutes is not null)),
      check ((form = 'own') = (zone_of is not null)),
      check ((zone_of is 'fixed') = (zone is not null)),
      foreign key (schedule_tenant_id, schedule_id) references schedule (tenant_id, id)
        on update cascade on delete cascade
    ) strict`.execute(db)
  await sql`create index schedule_override_of_tenant on schedule_override (tenant_id)`.execute(db)
  await sql`
    create index tenant_blocking_by_path on tenant (path, id, name)
    where blocks_inheritance = 1`.execute(db)
}

/**
 * `next_window` holds the next time of each schedule, in each zone in which it may cover somebody;
 * 0 stands for the schedule's own times, otherwise it is the override whose times they are. A row of
 * `maintenance_window` is one time that came: its key keeps it from coming twice. `local_start` is
 * wall-clock time; '#12' stands there for what order 12 started. Both report, so the log has neither.
 */
async function createWindows(db: Kysely<unknown>) {
  await sql`
    create table next_window (
      schedule_id integer not null references schedule (id) on delete cascade,
      override_id integer not null,
      zone text not null,
      local_start text not null,
      starts_at text not null,
      ends_at text not null,
      detect_at text not null,
      primary key (schedule_id, override_id, zone)
    ) strict, without rowid`.execute(db)
  await sql`create index next_window_due on next_window (detect_at, schedule_id)`.execute(db)
  await sql`
    create table scheduler (
      slot integer primary key check (slot = 1),
      looked_at text not null
    ) strict`.execute(db)
  await sql`
    create table maintenance_window (
      id integer primary key autoincrement,
      tenant_id integer not null,
      schedule_id integer not null,
      override_id integer not null default 0,
      zone text not null,
      local_start text not null,
      starts_at text not null,
      ends_at text not null,
      detect_at text not null,
      cause text not null check (cause in ('due', 'caught_up', 'run_now')),
      state text not null check (state in ('open', 'queued', 'closed', 'cancelled', 'skipped')),
      is_ahead integer not null default 0 check (is_ahead in (0, 1)),
      reason text not null default '',
      opened_at text not null,
      closed_at text,
      unique (tenant_id, id),
      unique (schedule_id, override_id, zone, local_start),
      check ((closed_at is null) = (state in ('open', 'queued'))),
      foreign key (tenant_id, schedule_id) references schedule (tenant_id, id)
        on update cascade on delete cascade
    ) strict`.execute(db)
  await sql`
    create index maintenance_window_running on maintenance_window (state, ends_at)
    where state in ('open', 'queued')`.execute(db)
  await sql`
    create index maintenance_window_of_times
    on maintenance_window (schedule_id, override_id, local_start)`.execute(db)
  await sql`
    create index maintenance_window_of_schedule
    on maintenance_window (schedule_id, starts_at, id)`.execute(db)
}

/**
 * One computer's turn in a window, with the options that were in effect when it opened. It goes with
 * the computer to another tenant. A `withdrawn` one was skipped because its computer was gone: out of
 * reach of the schedule, deleted or excluded.
 */
async function createSessions(db: Kysely<unknown>) {
  await sql`
    create table session_options (
      id integer primary key,
      options text not null unique
    ) strict`.execute(db)
  await sql`
    create table maintenance_session (
      id integer primary key autoincrement,
      tenant_id integer not null,
      computer_id integer not null,
      window_tenant_id integer not null,
      window_id integer not null,
      schedule_id integer not null,
      options_id integer not null references session_options (id),
      state text not null check (state in (
        'pending', 'waiting', 'running', 'passed', 'partly_passed', 'failed', 'cancelled',
        'postponed', 'missed', 'skipped')),
      reason text not null default '',
      starts_at text not null,
      created_at text not null,
      started_at text,
      ended_at text,
      withdrawn integer not null default 0 check (withdrawn in (0, 1)),
      unique (window_id, computer_id),
      foreign key (tenant_id, computer_id) references computer (tenant_id, id)
        on update cascade on delete cascade,
      foreign key (window_tenant_id, window_id) references maintenance_window (tenant_id, id)
        on update cascade on delete cascade
    ) strict`.execute(db)
  await sql`
    create index maintenance_session_of_tenant on maintenance_session (tenant_id, id)`.execute(db)
  await sql`
    create index maintenance_session_of_computer
    on maintenance_session (computer_id, id)`.execute(db)
  await sql`
    create index maintenance_session_of_schedule
    on maintenance_session (schedule_id, id)`.execute(db)
  await sql`
    create index maintenance_session_of_state on maintenance_session (state, id)`.execute(db)
}

/**
 * A schedule in `schedule_to_plan` has to have its next windows worked out anew; 0 there stands for
 * all schedules. `noted_at` is when it first was so: windows count from then on. It is '' for what is
 * written without an operation, and so without its time. Triggers note it, so that no way of changing
 * what decides can forget it: by a command, an undo, an import or a merge.
 */
async function noteWhatToPlan(db: Kysely<unknown>) {
  await sql`
    create table schedule_to_plan (
      schedule_id integer primary key,
      noted_at text not null default ''
    ) strict`.execute(db)
  const note = async (name: string, event: string, id: string) =>
    sql`
      create trigger ${sql.raw(`${name} ${event}`)}
      begin
        insert into schedule_to_plan (schedule_id, noted_at)
        select ${sql.raw(id)}, ${sql.raw(NOW)}
        where true on conflict do nothing;
      end`.execute(db)
  const times = 'state, applies_to_children, locked, rules, window_minutes, zone_of, zone'
  await note('schedule_is_new', 'after insert on schedule', 'new.id')
  await note(
    'schedule_changes',
    `after update of tenant_id, detection_minutes, ${times} on schedule`,
    'new.id',
  )
  for (const [event, row] of [
    ['insert', 'new'],
    ['update', 'new'],
    ['delete', 'old'],
  ]) {
    await note(
      `schedule_override_${event}`,
      `after ${event} on schedule_override`,
      `${row}.schedule_id`,
    )
    for (const table of ['preference_entry', 'exemption'])
      await note(
        `${table}_of_zone_${event}`,
        `after ${event} on ${table} when ${row}.key = 'maintenance.time_zone'`,
        '0',
      )
  }
  await note(
    'tenant_changes_schedules',
    `after update of path, blocks_inheritance on tenant
     when old.path <> new.path or old.blocks_inheritance <> new.blocks_inheritance`,
    '0',
  )
}

/** The time zone that a computer reports, spelled as the IANA spells it; '' while it is not known. */
async function addZonesOfComputers(db: Kysely<unknown>) {
  await sql`alter table computer add column time_zone text not null default ''`.execute(db)
  await sql`
    create index computer_of_zone on computer (time_zone, tenant_id)
    where time_zone <> ''`.execute(db)
}

/** When the operation is that is under way; '' without one. */
export const NOW = `coalesce(
  (select operation.at from open_operation
   join operation on operation.id = open_operation.operation_id), '')`
