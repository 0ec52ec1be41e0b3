import type { Actor } from '../access/actor.ts'
import { permits } from '../access/decide.ts'
import { requireTenant, visibleScope } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import { prepared, preparedInScope } from '../db/prepared.ts'
import type { PreferenceEntryTable } from '../db/schema.ts'
import { type VisibleTenant, inScope, ofTenant } from '../db/scope.ts'
import { findPreference, type Preference } from '../preferences/catalogue.ts'
import type { Bounds, Explained } from '../preferences/inheritance.ts'
import { getPreferences } from '../preferences/queries.ts'
import { formatBounds, formatValue } from '../preferences/value.ts'
import { listHidden, withoutHidden } from './hidden.ts'
import { kindLooks } from './kinds.ts'
import type { Tenant } from './queries.ts'

/** How many child tenants the Overview shows. */
const CHILDREN_SHOWN = 20

type First = { parent_id: number; limit: number }

const firstChildren = preparedInScope((db, scope, { parent_id, limit }: First) =>
  db
    .selectFrom('tenant')
    .select(['id', 'name', 'slug', 'kind', 'active', 'path', 'child_count'])
    .select(['descendant_count', 'override_count'])
    .where('parent_id', '=', parent_id)
    .where(inScope(scope, 'tenant.path'))
    .orderBy('sort_key')
    .orderBy('id')
    .limit(limit),
)

/** A child tenant as the Overview lists it. */
export type ListedChild = Awaited<ReturnType<typeof listFirstChildren>>[number]

/** The first child tenants in the order of names. */
export async function listFirstChildren(db: Reads, actor: Actor, parent_id: number) {
  const scope = visibleScope(actor, 'tenant.view')
  const children = await firstChildren(db, scope, { parent_id, limit: CHILDREN_SHOWN })
  const hidden = await listHidden(db, actor)
  return children.map((child) => {
    const { label: kind_label, icon } = kindLooks[child.kind]
    return { ...withoutHidden(child, hidden), kind_label, icon }
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

const entriesOf = prepared((db, { tenant }: { tenant: VisibleTenant }) =>
  db
    .selectFrom('preference_entry')
    .select(['key', 'form', 'value', 'added', 'removed', 'lock', 'bounds'])
    .where(ofTenant('preference_entry.tenant_id', tenant))
    .orderBy('key'),
)

/**
 * What a tenant sets itself, by the labels of the catalogue, and what keeps it from its effect.
 * Null where the actor may not see preferences.
 */
export async function listSetHere(
  db: Reads,
  actor: Actor,
  { id: tenant_id, path }: Pick<Tenant, 'id' | 'path'>,
  now: string,
): Promise<SetHere[] | null> {
  if (!permits(actor.access, 'preference.view', path)) return null
  const tenant = await requireTenant(db, actor, 'preference.view', tenant_id)
  const entries = await entriesOf(db, { tenant })
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
