import type { Insertable, Selectable } from 'kysely'
import type { ComputerKind } from '../db/computer-schema.ts'
import type {
  MissedPolicy,
  OverlapPolicy,
  ScheduleOverrideTable,
  ScheduleState,
  ScheduleTable,
  ScheduleTarget,
  TargetKinds,
  ZoneOf,
} from '../db/schedule-schema.ts'
import { nameKey } from '../tenants/names.ts'
import type { Recurrence, RecurrenceRule } from './recurrence.ts'

/** Whose time zone counts; `zone` is null unless it is a fixed one. */
export type ZoneChoice = { zone_of: ZoneOf; zone: string | null }

/** The times at which windows open, and how long each stays open. */
export type Times = ZoneChoice & { rules: RecurrenceRule[]; window_minutes: number }

/** The times without their zone, as windows are computed from them. */
export const recurrenceOf = ({ rules, window_minutes }: Times): Recurrence => ({
  rules,
  length_minutes: window_minutes,
})

/** The kinds of computers that each choice means; any computer is of one of them. */
export const kindsIn: Record<TargetKinds, readonly ComputerKind[]> = {
  any: ['server', 'workstation', 'portable'],
  servers: ['server'],
  workstations: ['workstation'],
  portables: ['portable'],
  not_servers: ['workstation', 'portable'],
}

/** What differs from the preferences in effect, by the key of the preference. */
export type Options = Record<string, unknown>

/** All that can be decided about a schedule, besides its owner and whether it is enabled. */
export type ScheduleFacts = Times & {
  name: string
  applies_to_children: boolean
  locked: boolean
  detection_minutes: number | null
  target: ScheduleTarget
  target_tag_id: number | null
  target_group_id: number | null
  target_kinds: TargetKinds
  options: Options
  spread_minutes: number
  missed: MissedPolicy
  missed_days: number
  overlap: OverlapPolicy
  unfinished: 'miss' | 'wait'
}

/** A schedule as it is read. */
export type Schedule = ScheduleFacts & {
  id: number
  tenant_id: number
  state: ScheduleState
  version: number
}

/** Reads a row of the table. */
export function readSchedule(row: Selectable<ScheduleTable>): Schedule {
  const { name_key: _, target_tag_tenant_id: _tag, target_group_tenant_id: _group, ...kept } = row
  return {
    ...kept,
    applies_to_children: row.applies_to_children === 1,
    locked: row.locked === 1,
    rules: JSON.parse(row.rules) as RecurrenceRule[],
    options: JSON.parse(row.options) as Options,
  }
}

/** Where the tag or the group lies that a schedule is for; null without one. */
export type TargetOwner = number | null

/** What is written of a schedule's facts. */
export function writeFacts(
  facts: ScheduleFacts,
  target_owner: TargetOwner,
): Omit<Insertable<ScheduleTable>, 'tenant_id' | 'state' | 'version'> {
  return {
    ...facts,
    name_key: nameKey(facts.name),
    applies_to_children: Number(facts.applies_to_children),
    locked: Number(facts.locked),
    rules: JSON.stringify(facts.rules),
    options: JSON.stringify(facts.options),
    target_tag_tenant_id: facts.target_tag_id === null ? null : target_owner,
    target_group_tenant_id: facts.target_group_id === null ? null : target_owner,
  }
}

/** What a tenant decides about a schedule that it inherits; `times` only for times of its own. */
export type StoredOverride = {
  id: number
  tenant_id: number
  schedule_id: number
  form: 'off' | 'on' | 'own'
  times: Times | null
  version: number
}

/** Reads a row of the table. */
export function readOverride(row: Selectable<ScheduleOverrideTable>): StoredOverride {
  const { id, schedule_id, form, rules, window_minutes, zone_of, zone, version } = row
  const times =
    rules === null
      ? null
      : {
          rules: JSON.parse(rules) as RecurrenceRule[],
          window_minutes: window_minutes!,
          zone_of: zone_of!,
          zone,
        }
  return { id, tenant_id: row.tenant_id, schedule_id, form, times, version }
}

/** What is written of the times of an override; null for one without. */
export const writeTimes = (times: Times | null) => ({
  rules: times && JSON.stringify(times.rules),
  window_minutes: times?.window_minutes ?? null,
  zone_of: times?.zone_of ?? null,
  zone: times?.zone ?? null,
})
