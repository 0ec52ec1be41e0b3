import { z } from 'zod'
import type { FieldErrors } from '../errors.ts'
import { type Form, fieldErrors, typed } from '../web/form.ts'
import { NameText } from '../web/names.ts'
import { readId, wholeText } from '../web/numbers.ts'
import type { ScheduleInput } from './commands.ts'
import { CHOICES } from './facts.ts'
import { OPTION_FIELDS, optionFields, readOptions } from './options-form.ts'
import type { ScheduleFacts } from './stored.ts'
import { type Fields, TIMES_FIELDS, readTimes, timesFields } from './times-form.ts'

const ticked = z
  .literal('on', 'Tick this, or do not.')
  .optional()
  .transform((value) => value === 'on')

const chosen = <const Values extends readonly [string, ...string[]]>(values: Values) =>
  z.enum(values, 'Choose from the list.')

const id = z
  .string('Choose from the list.')
  .default('')
  .transform((text) => readId(text) ?? null)

/** Everything but the times, the options and whose the schedule is. */
const Rest = z.strictObject({
  name: NameText(),
  applies_to_children: ticked,
  locked: ticked,
  detection: chosen(['at_once', 'before']),
  detection_hours: z.string('Enter one number.').default(''),
  target: chosen(CHOICES.target),
  target_tag_id: id,
  target_group_id: id,
  computers: z.string('Enter one list.').max(100_000, 'This list is too long.').default(''),
  target_kinds: chosen(CHOICES.target_kinds),
  spread_minutes: wholeText(0, 1440),
  missed: chosen(CHOICES.missed),
  missed_days: wholeText(1, 366),
  overlap: chosen(CHOICES.overlap),
  unfinished: chosen(CHOICES.unfinished),
})

/** What a form says, with the chosen computers still as they were typed. */
export type Said = Omit<ScheduleInput, 'computer_ids'> & { computers: string }

type Read = { ok: true; said: Said } | { ok: false; form: Form }

/**
 * Reads the form of a schedule. All that is wrong is said at once, each at its field; what was typed
 * is kept. `own` is the field that only New or only Edit has, and that they read themselves; `now` is
 * the local time by which times that have passed are refused.
 */
export function readScheduleForm(
  body: unknown,
  own_field: 'tenant' | 'version',
  now?: string,
): Read {
  const fields = typed(body)
  const own = new Set([own_field, ...TIMES_FIELDS, ...OPTION_FIELDS])
  const rest = Object.fromEntries(Object.entries(body ?? {}).filter(([name]) => !own.has(name)))
  const read = Rest.safeParse(rest)
  const errors: FieldErrors = {
    ...sentTwice(body),
    ...(read.success ? {} : fieldErrors(read.error)),
  }
  const times = readTimes(fields, now)
  if (!times.ok) Object.assign(errors, times.errors)
  const options = readOptions(fields, errors)
  const detection_minutes = readDetection(fields, errors)
  checkTogether(fields, errors)
  if (!read.success || !times.ok || Object.keys(errors).length > 0)
    return { ok: false, form: { values: fields, errors } }
  const { detection: _, detection_hours: _hours, ...facts } = read.data
  return {
    ok: true,
    said: {
      ...facts,
      ...times.times,
      target_tag_id: facts.target === 'tag' ? facts.target_tag_id : null,
      target_group_id: facts.target === 'group' ? facts.target_group_id : null,
      detection_minutes,
      options,
    },
  }
}

function sentTwice(body: unknown): FieldErrors {
  const twice = Object.values(body ?? {}).some((value) => typeof value !== 'string')
  return twice ? { '': 'A field was sent twice.' } : {}
}

function readDetection({ detection, detection_hours = '' }: Fields, errors: FieldErrors) {
  if (detection !== 'before') return null
  const hours = Number(detection_hours.trim() || NaN)
  if (Number.isInteger(hours) && hours >= 1 && hours <= 168) return hours * 60
  errors['detection_hours'] = 'Enter whole hours from 1 to 168.'
  return null
}

function checkTogether(fields: Fields, errors: FieldErrors) {
  const { target } = fields
  if (fields['locked'] === 'on' && fields['applies_to_children'] !== 'on')
    errors['locked'] ??= 'Only a schedule that applies to child tenants can be locked for them.'
  if (target === 'tag' && readId(fields['target_tag_id'] ?? '') === undefined)
    errors['target_tag_id'] ??= 'Choose a tag.'
  if (target === 'group' && readId(fields['target_group_id'] ?? '') === undefined)
    errors['target_group_id'] ??= 'Choose a group.'
}

const mark = (is: boolean) => (is ? 'on' : '')

/** The fields that say these facts; the chosen computers as they are written. */
export const scheduleFields = (
  facts: ScheduleFacts,
  { zone, computers }: { zone: string; computers: string },
): Fields => ({
  ...timesFields(facts, zone),
  ...optionFields(facts.options),
  name: facts.name,
  applies_to_children: mark(facts.applies_to_children),
  locked: mark(facts.locked),
  detection: facts.detection_minutes === null ? 'at_once' : 'before',
  detection_hours: String(Math.ceil((facts.detection_minutes ?? 480) / 60)),
  target: facts.target,
  target_tag_id: String(facts.target_tag_id ?? ''),
  target_group_id: String(facts.target_group_id ?? ''),
  computers,
  target_kinds: facts.target_kinds,
  spread_minutes: String(facts.spread_minutes),
  missed: facts.missed,
  missed_days: String(facts.missed_days),
  overlap: facts.overlap,
  unfinished: facts.unfinished,
})
