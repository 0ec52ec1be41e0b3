import type { Preference } from './catalogue.ts'
import type { Bounds } from './inheritance.ts'

/** A value in the words that a person reads; a stored value that no longer fits reads as it is. */
export function formatValue(preference: Preference, value: unknown): string {
  if (Array.isArray(value)) {
    return value.map((item) => formatScalar(preference, item)).join(', ') || 'None'
  }
  return formatScalar(preference, value)
}

/** What bounds allow, to follow "must be": 'from 5 to 20 minutes', 'Prompt the user or Reboot'. */
export function formatBounds(preference: Preference, { min, max, allowed }: Bounds): string {
  if (allowed) return allowed.map((value) => formatValue(preference, value)).join(' or ')
  if (min === undefined) return `at most ${formatValue(preference, max)}`
  if (max === undefined) return `at least ${formatValue(preference, min)}`
  return `from ${min} to ${formatValue(preference, max)}`
}

/** What a bounded lock on this preference may say (rule 5): a range, a choice of values, nothing. */
export function boundable(preference: Preference): 'range' | 'allowed' | 'none' {
  if (preference.control === 'number' || preference.control === 'time') return 'range'
  return preference.control === 'select' ? 'allowed' : 'none'
}

function formatScalar({ options, unit }: Preference, value: unknown) {
  if (typeof value === 'boolean') return value ? 'On' : 'Off'
  if (typeof value === 'number' && unit) return `${value} ${value === 1 ? singular(unit) : unit}`
  if (typeof value !== 'string') return JSON.stringify(value)
  return options?.find((option) => option.value === value)?.label ?? value
}

/** 'minutes' → 'minute', 'retries' → 'retry'. */
function singular(unit: string) {
  return unit.replace(/ies$/, 'y').replace(/s$/, '')
}
