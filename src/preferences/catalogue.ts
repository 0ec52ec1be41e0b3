import type { z } from 'zod'
import { NotFound } from '../errors.ts'
import { agentPreferences } from './catalogue/agent.ts'
import { deploymentPreferences } from './catalogue/deployment.ts'
import { maintenancePreferences } from './catalogue/maintenance.ts'
import { peoplePreferences } from './catalogue/people.ts'

export type Group =
  'Default maintenance options' | 'Agent settings' | 'Deployment defaults' | 'People'

export type Control = 'switch' | 'select' | 'number' | 'text' | 'time' | 'time_zone' | 'list'

export type Option = { value: string; label: string }

export type Preference = {
  /** Dotted snake_case; stored, so it never changes. */
  key: string
  group: Group
  label: string
  /** One sentence. */
  help: string
  /** Of a value; for a list, of the whole list. */
  schema: z.ZodType
  /** Of one item; lists only. */
  item?: z.ZodType
  /** What a number counts, in the plural. */
  unit?: string
  /** The value where no tenant says anything. */
  factory: unknown
  /** How an entry meets what it inherits (rule 4). */
  merge: 'replace' | 'list'
  control: Control
  /** The fixed values of a select, or of a list. */
  options?: readonly Option[]
}

/** Every preference there is, in the order in which the pages show them. */
export const catalogue: readonly Preference[] = [
  ...maintenancePreferences,
  ...agentPreferences,
  ...deploymentPreferences,
  ...peoplePreferences,
]

const byKey = new Map(catalogue.map((preference) => [preference.key, preference]))

export function findPreference(key: string): Preference | undefined {
  return byKey.get(key)
}

export function getPreference(key: string): Preference {
  const preference = findPreference(key)
  if (!preference) throw new NotFound(`preference ${key}`)
  return preference
}
