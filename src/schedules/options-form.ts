import type { FieldErrors } from '../errors.ts'
import { type Preference, getPreference } from '../preferences/catalogue.ts'
import type { InEffect } from '../preferences/in-effect.ts'
import { formatValue } from '../preferences/value.ts'
import { optionKeys } from './option-keys.ts'
import type { Options } from './stored.ts'
import type { Fields } from './times-form.ts'

/** The field of the form that decides an option. */
export const fieldOf = (key: string) => `option_${key.slice('maintenance.'.length)}`

/** The fields of all options; an item of a list that is to choose from has one of its own. */
export const OPTION_FIELDS = optionKeys.flatMap((key) => {
  const { control, options = [] } = getPreference(key)
  const field = fieldOf(key)
  if (control !== 'list') return [field]
  return [field, `${field}_list`, ...options.map(({ value }) => `${field}_${value}`)]
})

/** The options that a form says, by key; what stays the preference is left out. */
export function readOptions(fields: Fields, errors: FieldErrors): Options {
  const options: Options = {}
  for (const key of optionKeys) {
    const field = fieldOf(key)
    const value = valueOf(getPreference(key), field, fields)
    if (value === undefined) continue
    const parsed = getPreference(key).schema.safeParse(value)
    if (parsed.success) options[key] = parsed.data
    else errors[field] = parsed.error.issues[0]!.message
  }
  return options
}

function valueOf({ control, options }: Preference, field: string, fields: Fields): unknown {
  const text = (fields[field] ?? '').trim()
  if (text === '') return undefined
  if (control === 'switch') return text === 'on' ? true : text === 'off' ? false : text
  if (control === 'number') return /^\d{1,9}$/.test(text) ? Number(text) : text
  if (control !== 'list') return text
  if (text !== 'own') return text
  if (options)
    return options.map(({ value }) => value).filter((value) => fields[`${field}_${value}`] === 'on')
  return (fields[`${field}_list`] ?? '').split(/[\s,;]+/).filter(Boolean)
}

/** The fields that say these options. */
export function optionFields(options: Options): Fields {
  const fields: Fields = {}
  for (const key of optionKeys) {
    const value = options[key]
    const field = fieldOf(key)
    if (value === undefined) fields[field] = ''
    else if (!Array.isArray(value)) fields[field] = asText(value)
    else {
      fields[field] = 'own'
      if (getPreference(key).options)
        for (const item of value) fields[`${field}_${String(item)}`] = 'on'
      else fields[`${field}_list`] = value.join('\n')
    }
  }
  return fields
}

const asText = (value: unknown) =>
  typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value)

/** An option as the form draws it. */
export type OptionField = {
  name: string
  label: string
  help: string
  /** What the preference has in effect where the schedule is, in words. */
  usual: string
  control: 'choice' | 'text' | 'time' | 'list' | 'items'
  choices: { value: string; label: string }[]
}

const ON_OFF = [
  { value: 'on', label: 'On' },
  { value: 'off', label: 'Off' },
]

/** What a lock on the preference means for an option, or ''. */
const lockInWords = (lock: { name: string; isFixed: boolean } | undefined) =>
  lock === undefined
    ? ''
    : lock.isFixed
      ? `Locked by ${lock.name}: the preference counts, whatever is chosen here.`
      : `${lock.name} sets bounds: out of these, the preference counts.`

/** The options to choose from, where these preferences are in effect. */
export const describeOptions = ({ values, lockOf }: InEffect): OptionField[] =>
  optionKeys.map((key) => {
    const preference = getPreference(key)
    const { label, unit, help, control, options } = preference
    return {
      name: fieldOf(key),
      label: unit ? `${label}, in ${unit}` : label,
      help: [help, lockInWords(lockOf(key))].filter(Boolean).join(' '),
      usual: formatValue(preference, values[key]),
      control: controls[control] === 'list' && options ? 'items' : controls[control],
      choices: control === 'switch' ? ON_OFF : [...(options ?? [])],
    }
  })

const controls = {
  switch: 'choice',
  select: 'choice',
  number: 'text',
  text: 'text',
  time: 'time',
  time_zone: 'text',
  list: 'list',
} as const
