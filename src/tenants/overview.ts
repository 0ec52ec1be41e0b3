import type { Actor } from '../access/actor.ts'
import type { Reads } from '../db/connection.ts'
import { prepared } from '../db/prepared.ts'
import type { PreferenceEntryTable } from '../db/schema.ts'
import { findPreference, type Preference } from '../preferences/catalogue.ts'
import type { Bounds, Explained } from '../preferences/inheritance.ts'
import { getPreferences } from '../preferences/queries.ts'
import { formatBounds, formatValue } from '../preferences/value.ts'
import { kindLooks } from './kinds.ts'

/** How many child tenants the Overview shows. */
const CHILDREN_SHOWN = 20

const firstChildren = prepared((db, { parent_id, limit }: { parent_id: number; limit: number }) =>
  db
    .selectFrom('tenant')
    .select(['id', 'name', 'slug', 'kind', 'active', 'descendant_count', 'override_count'])
    .where('parent_id', '=', parent_id)
    .orderBy('sort_key')
    .orderBy('id')
    .limit(limit),
)

/** A child tenant as the Overview lists it. */
export type ListedChild = Awaited<ReturnType<typeof listFirstChildren>>[number]

/** The first child tenants in the order of names. */
export async function listFirstChildren(db: Reads, _actor: Actor, parent_id: number) {
  const children = await firstChildren(db, { parent_id, limit: CHILDREN_SHOWN })
  return children.map((child) => {
    const { label: kind_label, icon } = kindLooks[child.kind]
    return { ...child, kind_label, icon }
  })
}

/** A preference that a tenant decides itself, in words. */
export type SetHere = {
  key: string
  label: string
  value: string
  lock: string | null
  /** Why it is not in effect; null where it is. */
  dormant: string | null
}

const entriesOf = prepared((db, { tenant_id }: { tenant_id: number }) =>
  db
    .selectFrom('preference_entry')
    .select(['key', 'form', 'value', 'added', 'removed', 'lock', 'bounds'])
    .where('tenant_id', '=', tenant_id)
    .orderBy('key'),
)

/** What a tenant sets itself, by the labels of the catalogue, and what keeps it from its effect. */
export async function listSetHere(
  db: Reads,
  actor: Actor,
  tenant_id: number,
  now: string,
): Promise<SetHere[]> {
  const entries = await entriesOf(db, { tenant_id })
  if (entries.length === 0) return []
  const { preferences } = await getPreferences(db, actor, tenant_id, now)
  const chains = new Map(preferences.map((one) => [one.preference.key, one.resolution.chain]))
  return entries
    .map((entry) => {
      const preference = findPreference(entry.key)
      const dormant = dormancyInWords(chains.get(entry.key)?.at(-1))
      return {
        key: entry.key,
        label: preference?.label ?? entry.key,
        value: valueInWords(preference, entry),
        // With the entry, its lock is dormant too.
        lock: dormant ? null : lockInWords(preference, entry),
        dormant,
      }
    })
    .sort((one, other) => one.label.localeCompare(other.label, 'en'))
}

type Entry = Pick<PreferenceEntryTable, 'form' | 'value' | 'added' | 'removed' | 'lock' | 'bounds'>

function valueInWords(preference: Preference | undefined, entry: Entry) {
  const words = (json: string | null) => {
    const value: unknown = JSON.parse(json ?? 'null')
    return preference ? formatValue(preference, value) : JSON.stringify(value)
  }
  if (entry.form === 'reset') return 'Factory value'
  if (entry.form === 'value') return words(entry.value)
  const parts = [
    entry.added !== '[]' && `adds ${words(entry.added)}`,
    entry.removed !== '[]' && `removes ${words(entry.removed)}`,
  ]
  return parts.filter(Boolean).join(', ') || 'adds and removes nothing'
}

function lockInWords(preference: Preference | undefined, { lock, bounds }: Entry) {
  if (lock === null) return null
  if (lock === 'fixed' || !preference) return 'Locked for all below'
  return `Below: ${formatBounds(preference, JSON.parse(bounds!) as Bounds)}`
}

/** Why the tenant's own entry, the last of its chain, is not in effect. */
function dormancyInWords(own: Explained | undefined) {
  const who = own?.because?.name ?? 'another tenant'
  switch (own?.verdict) {
    case 'locked_out':
      return `Dormant: locked by ${who}`
    case 'out_of_bounds':
      return `Dormant: out of the bounds of ${who}`
    default:
      return null
  }
}
