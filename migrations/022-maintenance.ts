import { type Kysely, sql } from 'kysely'
import { NOW } from './020-schedules.ts'

/** What is ordered about maintenance, and what the scheduler has to look at again. */
export async function up(db: Kysely<unknown>) {
  await createOrders(db)
  await indexUnfinished(db)
  await noteWhatToReview(db)
  await noteZonesOfComputers(db)
  await sql`
    alter table scheduler add column time_zone_data text not null default ''`.execute(db)
}

/** What somebody ordered: to run a schedule now, or to cancel what runs. */
async function createOrders(db: Kysely<unknown>) {
  await sql`
    create table maintenance_order (
      id integer primary key autoincrement,
      tenant_id integer not null references tenant (id) on delete cascade,
      verb text not null check (
        verb in ('run', 'cancel_window', 'cancel_sessions', 'cancel_session')),
      schedule_id integer not null,
      window_id integer,
      session_id integer,
      reason text not null default '',
      check ((verb = 'cancel_session') = (session_id is not null)),
      check ((verb in ('cancel_window', 'cancel_sessions')) <= (window_id is not null))
    ) strict`.execute(db)
  await sql`create index maintenance_order_of_tenant on maintenance_order (tenant_id)`.execute(db)
  await sql`
    create index maintenance_order_of_window on maintenance_order (window_id, id)
    where window_id is not null`.execute(db)
}

const AHEAD = `state in ('pending', 'waiting', 'postponed')`
const WITHDRAWN = 'withdrawn = 1'

/** Sessions and windows that are not over are few among all that ever were. */
async function indexUnfinished(db: Kysely<unknown>) {
  await sql`
    create index maintenance_session_ahead on maintenance_session (computer_id)
    where ${sql.raw(AHEAD)}`.execute(db)
  await sql`
    create index maintenance_session_withdrawn on maintenance_session (computer_id)
    where ${sql.raw(WITHDRAWN)}`.execute(db)
  await sql`
    create index maintenance_session_postponed on maintenance_session (schedule_id, window_id)
    where state = 'postponed'`.execute(db)
  await sql`
    create index maintenance_window_ahead on maintenance_window (starts_at)
    where is_ahead = 1 and state = 'open'`.execute(db)
  await sql`
    create index maintenance_window_unfinished
    on maintenance_window (schedule_id, override_id, zone, local_start)
    where state in ('open', 'queued')`.execute(db)
}

/**
 * What may end a session before its window does is noted, so that the scheduler looks at it: its
 * computer is deleted or excluded, or goes to another tenant, by itself or with it. So is what may
 * bring back one that was withdrawn. So is a window that is over, or of which a session came to its
 * end, and each that is open when its schedule is deleted: that ends, also where the schedule has been
 * restored since.
 */
async function noteWhatToReview(db: Kysely<unknown>) {
  await sql`create table session_to_review (session_id integer primary key) strict`.execute(db)
  await sql`
    create table window_to_settle (
      window_id integer primary key,
      without_schedule integer not null default 0
    ) strict`.execute(db)
  // One statement for each index of few rows.
  const sessionsOf = (computers: string) =>
    sql.raw(
      [AHEAD, WITHDRAWN]
        .map(
          (such) => `
      insert into session_to_review (session_id)
      select session.id from ${computers} and session.${such}
      on conflict do nothing;`,
        )
        .join(''),
    )
  await sql`
    create trigger session_of_computer_ends after update of state on computer
    when old.state <> new.state
    begin ${sessionsOf('maintenance_session as session where session.computer_id = new.id')}
    end`.execute(db)
  await sql`
    create trigger session_moves after update of tenant_id on maintenance_session
    when new.${sql.raw(AHEAD)} or new.${sql.raw(WITHDRAWN)}
    begin
      insert into session_to_review (session_id) values (new.id) on conflict do nothing;
    end`.execute(db)
  await sql`
    create trigger sessions_move_with_tenant after update of path on tenant
    when old.path <> new.path
    begin ${sessionsOf(`computer
      cross join maintenance_session as session on session.computer_id = computer.id
      where computer.tenant_id = new.id`)}
    end`.execute(db)
  await sql`
    create trigger session_is_over after update of state on maintenance_session
    when old.state <> new.state and new.ended_at is not null
    begin
      insert into window_to_settle (window_id) values (new.window_id) on conflict do nothing;
    end`.execute(db)
  await sql`
    create trigger window_is_over after update of state on maintenance_window
    when old.state in ('open', 'queued') and new.state not in ('open', 'queued')
    begin
      insert into window_to_settle (window_id) values (new.id) on conflict do nothing;
    end`.execute(db)
  await sql`
    create trigger schedule_is_over after update of state on schedule
    when old.state <> new.state and new.state = 'deleted'
    begin
      insert into window_to_settle (window_id, without_schedule)
      select id, 1 from maintenance_window
      where schedule_id = new.id and state in ('open', 'queued')
      on conflict do update set without_schedule = 1;
    end`.execute(db)
}

/**
 * A computer that comes with a zone, or into another tenant, is news to the schedules above it that
 * open by the clocks of computers, and have no window to come by that clock.
 */
async function noteZonesOfComputers(db: Kysely<unknown>) {
  await sql`
    create index schedule_by_clocks on schedule (tenant_id, id)
    where zone_of = 'computer' and state = 'enabled'`.execute(db)
  await sql`
    create index schedule_override_by_clocks on schedule_override (tenant_id, schedule_id, id)
    where zone_of = 'computer'`.execute(db)
  for (const [name, event] of [
    ['computer_has_zone', `insert on computer when new.time_zone <> ''`],
    [
      'computer_changes_zone',
      `update of time_zone, tenant_id on computer
       when new.time_zone <> ''
         and (new.time_zone <> old.time_zone or new.tenant_id <> old.tenant_id)`,
    ],
  ] as const)
    await sql`
      create trigger ${sql.raw(`${name} after ${event}`)}
      begin
        insert into schedule_to_plan (schedule_id, noted_at)
        select own.id, ${sql.raw(NOW)}
        from tenant, json_each(${sql.raw(ANCESTORS)}) as above
        cross join schedule as own on own.tenant_id = above.value
          and own.zone_of = 'computer' and own.state = 'enabled'
        where tenant.id = new.tenant_id
          and not exists (
            select 1 from next_window
            where schedule_id = own.id and override_id = 0 and zone = new.time_zone)
        on conflict do nothing;
        insert into schedule_to_plan (schedule_id, noted_at)
        select own.schedule_id, ${sql.raw(NOW)}
        from tenant, json_each(${sql.raw(ANCESTORS)}) as above
        cross join schedule_override as own on own.tenant_id = above.value
          and own.zone_of = 'computer'
        where tenant.id = new.tenant_id
          and not exists (
            select 1 from next_window
            where schedule_id = own.schedule_id and override_id = own.id
              and zone = new.time_zone)
        on conflict do nothing;
      end`.execute(db)
}

/** The ids of a tenant and of those above it, from its path: "/1/3/4/". */
const ANCESTORS = `'[' || replace(trim(tenant.path, '/'), '/', ',') || ']'`
