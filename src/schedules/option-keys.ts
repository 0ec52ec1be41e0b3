import { catalogue } from '../preferences/catalogue.ts'

// Preferences that decide whether and when a computer takes part, and are no options of a session.

export const EXCLUDES_COMPUTERS = 'maintenance.exclude_computers'
export const EXCLUDES_CROSS_TENANT = 'maintenance.exclude_from_cross_tenant'
export const TIME_ZONE = 'maintenance.time_zone'

const NO_OPTIONS = [EXCLUDES_COMPUTERS, EXCLUDES_CROSS_TENANT, TIME_ZONE]

/** An option. */
export const FREEZE_PERIODS = 'maintenance.freeze_periods'

/** The preferences that a schedule may decide itself, and that a session takes along. */
export const optionKeys = catalogue
  .map(({ key }) => key)
  .filter((key) => key.startsWith('maintenance.') && !NO_OPTIONS.includes(key))

/** Every preference that says on which terms a computer takes part. */
export const TERM_KEYS = [...optionKeys, ...NO_OPTIONS]
