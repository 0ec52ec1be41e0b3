import { getPreference } from '../preferences/catalogue.ts'
import type { InEffect } from '../preferences/in-effect.ts'
import { formatValue } from '../preferences/value.ts'
import { optionKeys } from './option-keys.ts'
import type { Options } from './stored.ts'

/**
 * What a schedule decides itself, or a session took along, in words; with `preferred`, also what of it
 * does not count.
 */
export const optionsInWords = (options: Options, preferred?: InEffect) =>
  optionKeys
    .filter((key) => options[key] !== undefined)
    .map((key) => {
      const preference = getPreference(key)
      const value = formatValue(preference, options[key])
      const locked_by = preferred?.keptOutBy(key, options[key])
      const lost = locked_by ? ` · Does not count: ${locked_by} locked the preference` : ''
      return { label: preference.label, value: value + lost }
    })
