import type { FieldErrors } from '../errors.ts'
import { frequencyOf, rruleOf } from './frequency.ts'
import {
  ROW_FIELDS,
  type RowFields,
  fieldOfRule,
  frequencyFields,
  readFrequency,
} from './frequency-form.ts'
import { isLocalTime } from './local-time.ts'
import type { RecurrenceRule } from './recurrence.ts'
import { type Times, type ZoneChoice, recurrenceOf } from './stored.ts'
import { MOST_RULES, recurrenceProblems } from './validation.ts'
import { canonicalZone } from '../web/zones.ts'
import { unknownZone } from './zone-names.ts'

/** The fields of a form as they were typed. */
export type Fields = Record<string, string>

const rows = Array.from({ length: MOST_RULES }, (_, index) => index)

/** The fields that say times: those of each row with its number behind, and those for all. */
export const TIMES_FIELDS = [
  'rows',
  'hours',
  'minutes',
  'zone_of',
  'zone',
  ...rows.flatMap((row) => ROW_FIELDS.map((field) => `${field}_${row}`)),
]

/** How many rows of times a form has. */
export function rowCount({ rows: typed = '1' }: Fields) {
  const count = Number(typed)
  return Number.isInteger(count) && count >= 1 && count <= MOST_RULES ? count : 1
}

/** The fields of one row, by their names without its number. */
const rowOf = (fields: Fields, row: number): RowFields =>
  Object.fromEntries(ROW_FIELDS.map((field) => [field, fields[`${field}_${row}`] ?? '']))

const withNumber = (row: RowFields, number: number) =>
  Object.fromEntries(Object.entries(row).map(([field, value]) => [`${field}_${number}`, value]))

/**
 * The times that a form says, or what is wrong with them, at each field. `now` is the local time by
 * which times that have passed are refused.
 */
export function readTimes(
  fields: Fields,
  now?: string,
): { ok: true; times: Times } | { ok: false; errors: FieldErrors } {
  const errors: FieldErrors = {}
  const rules = rows.slice(0, rowCount(fields)).map((row) => readRow(fields, row, errors))
  const window_minutes = readLength(fields, errors)
  const zone = readZone(fields, errors)
  const sound = rules.filter((rule) => rule !== undefined)
  const times = { rules: sound, window_minutes, ...zone }
  if (sound.length === rules.length && !errors['hours']) judgeTogether(fields, times, now, errors)
  return Object.keys(errors).length > 0 ? { ok: false, errors } : { ok: true, times }
}

/** Says at its field what is wrong with times that can be read, each of them and all together. */
function judgeTogether(fields: Fields, times: Times, now: string | undefined, errors: FieldErrors) {
  for (const { field, rule = 0, message } of recurrenceProblems(recurrenceOf(times), now)) {
    const row = rowOf(fields, rule)
    if (field === 'length_minutes') errors['hours'] ??= message
    else errors[`${field === 'start' ? 'date' : fieldOfRule(row, message)}_${rule}`] ??= message
  }
}

function readRow(fields: Fields, number: number, errors: FieldErrors): RecurrenceRule | undefined {
  const row = rowOf(fields, number)
  const { date = '', time = '' } = row
  if (!/^\d{4}-\d\d-\d\d$/.test(date)) errors[`date_${number}`] = 'Enter a date.'
  else if (!isLocalTime(`${date}T00:00`))
    errors[`date_${number}`] = `There is no ${date} in the calendar.`
  if (!/^([01]\d|2[0-3]):[0-5]\d$/.test(time))
    errors[`time_${number}`] = 'Enter a time such as 22:00.'
  const frequency = readFrequency(row)
  if (frequency.success) return { rrule: rruleOf(frequency.data), start: `${date}T${time}` }
  for (const { path, message } of frequency.error.issues)
    errors[`${String(path[0] ?? 'kind')}_${number}`] ??= message
  return undefined
}

function readLength({ hours = '', minutes = '' }: Fields, errors: FieldErrors) {
  const whole = (text: string) => (/^\s*\d{0,4}\s*$/.test(text) ? Number(text) : NaN)
  const length = whole(hours) * 60 + whole(minutes)
  if (Number.isNaN(length)) errors['hours'] = 'Enter whole hours and minutes.'
  return length
}

function readZone({ zone_of, zone = '' }: Fields, errors: FieldErrors): ZoneChoice {
  if (zone_of === 'tenant' || zone_of === 'computer') return { zone_of, zone: null }
  if (zone_of !== 'fixed') errors['zone_of'] = 'Choose whose time zone counts.'
  const name = canonicalZone(zone.trim())
  if (!name) errors['zone'] = unknownZone(zone)
  return { zone_of: 'fixed', zone: name ?? null }
}

/** The fields that say these times. `usual_zone` stands ready for who chooses a fixed one. */
export function timesFields(times: Times, usual_zone: string): Fields {
  const fields: Fields = {
    rows: String(times.rules.length),
    hours: String(Math.floor(times.window_minutes / 60)),
    minutes: String(times.window_minutes % 60),
    zone_of: times.zone_of,
    zone: times.zone ?? usual_zone,
  }
  for (const [number, rule] of times.rules.entries())
    Object.assign(fields, withNumber(fieldsOfRule(rule), number))
  return fields
}

function fieldsOfRule({ rrule, start }: RecurrenceRule): RowFields {
  const [date = '', time = ''] = start.split('T')
  return { date, time, ...frequencyFields(frequencyOf(rrule)) }
}

/** What a form sent, with the button of the times that was pressed apart from its fields. */
export function withoutButton(body: unknown) {
  const { press, ...fields } = (body ?? {}) as Record<string, unknown>
  return { press: typeof press === 'string' ? press : undefined, fields }
}

/**
 * The fields after a button of the times was pressed: `add` makes one row more, like the last;
 * `remove_2` takes that one away. Undefined for what is no such button.
 */
export function pressed(fields: Fields, button: string | undefined): Fields | undefined {
  const all = rows.slice(0, rowCount(fields)).map((row) => rowOf(fields, row))
  if (button === 'add' && all.length < MOST_RULES) return withRows(fields, [...all, all.at(-1)!])
  const removed = /^remove_(\d)$/.exec(button ?? '')
  if (removed && all.length > 1) return withRows(fields, all.toSpliced(Number(removed[1]), 1))
  return button === undefined ? undefined : fields
}

function withRows(fields: Fields, all: RowFields[]): Fields {
  const rest = Object.entries(fields).filter(([name]) => !isOfRow(name))
  const numbered = all.map((row, number) => withNumber(row, number))
  return Object.assign(Object.fromEntries(rest), ...numbered, { rows: String(all.length) })
}

const ofRow = new Set(rows.flatMap((row) => ROW_FIELDS.map((field) => `${field}_${row}`)))
const isOfRow = (name: string) => ofRow.has(name)
