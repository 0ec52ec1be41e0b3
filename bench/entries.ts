import type { VisibleTenant } from '../src/db/scope.ts'
import { type Preference, catalogue, getPreference } from '../src/preferences/catalogue.ts'
import { type EntryDraft, toDraft } from '../src/preferences/entry.ts'
import { writeEntry } from '../src/preferences/stored.ts'

/** The preference that every tenant with entries of its own has set. */
export const COMMON_KEY = 'maintenance.reboot_prompt_timeout_minutes'

/** The preferences that are explained on the page that is measured. */
export const explained_keys = catalogue.slice(0, 30).map(({ key }) => key)

/** A row of the table of entries. */
export const toEntryRow = (tenant_id: number, key: string, operation_id: number) => ({
  tenant_id: tenant_id as VisibleTenant,
  key,
  ...writeEntry(entryFor(getPreference(key), tenant_id)),
  operation_id,
})

/** An entry that says something else than the factory does. */
export function entryFor(preference: Preference, tenant_id: number): EntryDraft {
  if (preference.merge === 'list')
    return toDraft({ add: [itemFor(preference)], remove: [], lock: null })
  return toDraft({ value: valueFor(preference, tenant_id), lock: null })
}

function valueFor({ control, factory, options = [] }: Preference, tenant_id: number) {
  if (control === 'switch') return !factory
  if (control === 'select') return options.find(({ value }) => value !== factory)!.value
  if (control === 'number') return Number(factory) + 1 + (tenant_id % 3)
  if (control === 'time') return '07:30'
  return 'Europe/Berlin'
}

function itemFor({ item, options, key }: Preference) {
  const candidates = options?.map(({ value }) => value) ?? [
    '2026-12-24/2026-12-27',
    'operations@example.com',
  ]
  const fitting = candidates.find((candidate) => item!.safeParse(candidate).success)
  if (fitting === undefined) throw new Error(`no item is known that fits ${key}`)
  return fitting
}
