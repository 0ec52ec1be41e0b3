import type { Reads } from '../db/connection.ts'
import { type FieldErrors, Invalid } from '../errors.ts'
import type { ScheduleInput } from './commands.ts'
import { localAt } from './local-time.ts'
import { formatRule, parseRule } from './rule.ts'
import { type Times, recurrenceOf } from './stored.ts'
import { clockOfTenant, readZones, zoneFor } from './tenant-zones.ts'
import { recurrenceProblems } from './validation.ts'

/**
 * A schedule as it was sent, with its rules as they are stored. Throws Invalid by field for what does
 * not go together.
 *
 * @param now the local time by which times that have passed are refused; null where they may have
 */
export function settleInput(input: ScheduleInput, now: string | null): ScheduleInput {
  refuseAny({ ...timesErrors(input, now), ...targetErrors(input), ...lockErrors(input) })
  return { ...input, ...withStoredRules(input) }
}

/** The times of a tenant's own, as they are stored; as `settleInput` else. */
export function settleTimes(times: Times, now: string | null): Times {
  refuseAny(timesErrors(times, now))
  return withStoredRules(times)
}

/** The local time by which times at a tenant have passed or not. */
export async function localNow(
  db: Reads,
  path: string,
  { zone_of, zone }: Pick<Times, 'zone_of' | 'zone'>,
  now: string,
) {
  if (zone_of === 'fixed') return localAt(now, zone ?? 'UTC')
  return localAt(now, zoneFor({ zone_of, zone }, await readZones(db, now), clockOfTenant(path)))
}

function refuseAny(errors: FieldErrors) {
  if (Object.keys(errors).length > 0) throw new Invalid(errors)
}

/** One spelling of each rule, so that one that means the same is the same. */
const withStoredRules = <Given extends Times>(times: Given) => ({
  ...times,
  rules: times.rules.map(({ rrule, start }) => {
    const parsed = parseRule(rrule)
    return { rrule: parsed.ok ? formatRule(parsed.rule) : rrule, start }
  }),
})

function timesErrors(times: Times, now: string | null): FieldErrors {
  const errors: FieldErrors = {}
  for (const { field, rule, message } of recurrenceProblems(recurrenceOf(times), now ?? undefined))
    errors[pathOf(field, rule)] ??= message
  if ((times.zone_of === 'fixed') !== (times.zone !== null))
    errors['zone'] = times.zone
      ? 'Only with `zone_of` fixed is there a zone.'
      : 'Say which time zone it is.'
  return errors
}

function pathOf(field: 'rrule' | 'start' | 'length_minutes', rule: number | undefined) {
  if (field === 'length_minutes') return 'window_minutes'
  return rule === undefined ? 'rules' : `rules.${rule}.${field}`
}

function targetErrors(input: ScheduleInput): FieldErrors {
  const { target, target_tag_id, target_group_id, computer_ids } = input
  const errors: FieldErrors = {}
  if ((target === 'tag') !== (target_tag_id !== null))
    errors['target_tag_id'] = target === 'tag' ? 'Say which tag.' : 'Only with `target` tag.'
  if ((target === 'group') !== (target_group_id !== null))
    errors['target_group_id'] =
      target === 'group' ? 'Say which group.' : 'Only with `target` group.'
  if ((target === 'computers') !== computer_ids.length > 0)
    errors['computer_ids'] =
      target === 'computers' ? 'Say which computers.' : 'Only with `target` computers.'
  return errors
}

const lockErrors = ({ locked, applies_to_children }: ScheduleInput): FieldErrors =>
  locked && !applies_to_children
    ? { locked: 'Only a schedule that applies to child tenants can be locked for them.' }
    : {}
