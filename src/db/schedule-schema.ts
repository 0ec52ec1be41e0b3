import type { Generated } from 'kysely'
import type { TenantId } from './column-types.ts'

/** Whose time zone counts for a schedule. */
export type ZoneOf = 'fixed' | 'tenant' | 'computer'

export type ScheduleState = 'enabled' | 'disabled' | 'deleted'

export type ScheduleTarget = 'all' | 'tag' | 'group' | 'computers'

/** Which kinds of computers a schedule is for; `not_servers` are workstations and portables. */
export type TargetKinds = 'any' | 'servers' | 'workstations' | 'portables' | 'not_servers'

/** What becomes of windows that came while nothing ran: none, the last, or all of them. */
export type MissedPolicy = 'skip' | 'once' | 'all'

/** What becomes of a window that comes while the last is still open. */
export type OverlapPolicy = 'skip' | 'queue'

export interface ScheduleTable {
  id: Generated<number>
  tenant_id: TenantId
  name: string
  /** Two schedules of a tenant may not share it, but for those that are deleted. */
  name_key: string
  state: Generated<ScheduleState>
  applies_to_children: number
  locked: Generated<number>
  /** JSON: `RecurrenceRule[]`. */
  rules: string
  window_minutes: number
  zone_of: ZoneOf
  zone: string | null
  /** How long before the window detection starts; null for at once. */
  detection_minutes: number | null
  target: ScheduleTarget
  /** Both null also where the tag was deleted; so with the group. */
  target_tag_tenant_id: number | null
  target_tag_id: number | null
  target_group_tenant_id: number | null
  target_group_id: number | null
  target_kinds: Generated<TargetKinds>
  /** JSON: what differs from the preferences in effect, by the key of the preference. */
  options: Generated<string>
  spread_minutes: Generated<number>
  missed: Generated<MissedPolicy>
  missed_days: Generated<number>
  overlap: Generated<OverlapPolicy>
  /** What becomes of sessions that have not started when the window ends. */
  unfinished: Generated<'miss' | 'wait'>
  version: Generated<number>
}

export interface ScheduleComputerTable {
  id: Generated<number>
  tenant_id: TenantId
  computer_id: number
  schedule_tenant_id: number
  schedule_id: number
}

export interface ScheduleOverrideTable {
  id: Generated<number>
  tenant_id: TenantId
  schedule_tenant_id: number
  schedule_id: number
  /** Switched off, as it was decided above all the same, or with times of one's own. */
  form: 'off' | 'on' | 'own'
  rules: string | null
  window_minutes: number | null
  zone_of: ZoneOf | null
  zone: string | null
  version: Generated<number>
  operation_id: number
}

export interface NextWindowTable {
  schedule_id: number
  /** The override whose times these are; 0 for the schedule's own. */
  override_id: number
  zone: string
  /** Wall-clock time in the zone, to the minute. */
  local_start: string
  starts_at: string
  ends_at: string
  detect_at: string
}

/** A schedule whose next windows have to be worked out anew; 0 stands for all. */
export interface ScheduleToPlanTable {
  schedule_id: number
  /** When it was first noted; '' where that is not known. */
  noted_at: Generated<string>
}

/** When the scheduler looked last, to half a minute. */
export interface SchedulerTable {
  slot: number
  looked_at: string
  /** The version of the time-zone data by which the next windows were worked out. */
  time_zone_data: Generated<string>
}

/** A session that may have to end, since something about its computer changed. */
export interface SessionToReviewTable {
  session_id: number
}

/** A window that may be over. */
export interface WindowToSettleTable {
  window_id: number
  /** Its schedule was deleted while it was open or queued. */
  without_schedule: Generated<number>
}

export type WindowState = 'open' | 'queued' | 'closed' | 'cancelled' | 'skipped'

export interface MaintenanceWindowTable {
  id: Generated<number>
  /** The owner of the schedule. */
  tenant_id: TenantId
  schedule_id: number
  override_id: Generated<number>
  zone: string
  /** Wall-clock time in the zone; '#12' for what order 12 started. */
  local_start: string
  starts_at: string
  ends_at: string
  detect_at: string
  cause: 'due' | 'caught_up' | 'run_now'
  state: WindowState
  /** 1 where it was opened before its time, for detection, and has not begun since. */
  is_ahead: Generated<0 | 1>
  reason: Generated<string>
  opened_at: string
  closed_at: string | null
}

/** The options of sessions, as JSON; many sessions share the same. */
export interface SessionOptionsTable {
  id: Generated<number>
  options: string
}

export type SessionState =
  | 'pending'
  | 'waiting'
  | 'running'
  | 'passed'
  | 'partly_passed'
  | 'failed'
  | 'cancelled'
  | 'postponed'
  | 'missed'
  | 'skipped'

export interface MaintenanceSessionTable {
  id: Generated<number>
  tenant_id: TenantId
  computer_id: number
  window_tenant_id: number
  window_id: number
  schedule_id: number
  options_id: number
  state: SessionState
  reason: Generated<string>
  starts_at: string
  created_at: string
  started_at: string | null
  ended_at: string | null
  /** Whether it was skipped because its computer was gone, with which it may come back. */
  withdrawn: Generated<number>
}

export interface MaintenanceOrderTable {
  id: Generated<number>
  tenant_id: TenantId
  verb: 'run' | 'cancel_window' | 'cancel_sessions' | 'cancel_session'
  schedule_id: number
  window_id: number | null
  session_id: number | null
  reason: Generated<string>
}

/** A secret link by which other programs read the calendar of a tenant, as its person sees it. */
export interface CalendarFeedTable {
  id: Generated<number>
  person_id: number
  tenant_id: TenantId
  token_hash: string
  created_at: string
}
