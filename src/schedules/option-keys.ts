import { catalogue } from '../preferences/catalogue.ts'

/** Preferences that decide whether and when a computer takes part, and are no options of a session. */
const NO_OPTIONS = new Set([
  'maintenance.exclude_computers',
  'maintenance.exclude_from_cross_tenant',
  'maintenance.time_zone',
])

/** The preferences that a schedule may decide itself, and that a session takes along. */
export const optionKeys = catalogue
  .map(({ key }) => key)
  .filter((key) => key.startsWith('maintenance.') && !NO_OPTIONS.has(key))
