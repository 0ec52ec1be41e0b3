import { catalogue } from '../preferences/catalogue.ts'
import { formatValue } from '../preferences/value.ts'

/** The options that a session took along, in the words of the preferences that they come from. */
export function optionsInWords(json: string) {
  const options = JSON.parse(json) as Record<string, unknown>
  return catalogue
    .filter(({ key }) => key in options)
    .map((preference) => ({
      label: preference.label,
      value: formatValue(preference, options[preference.key]),
    }))
}
