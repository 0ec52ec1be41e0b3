import { z } from 'zod'
import type { ImpactResource, PreferenceResource } from './api-schemas.ts'
import { catalogue } from './catalogue.ts'
import type { Impact } from './impact.ts'
import type { Explained } from './inheritance.ts'
import type { InEffect, PreferencesInEffect } from './queries.ts'

const MAX_REGIONS = 100

/** The catalogue as the API shows it. */
export const describeCatalogue = () =>
  catalogue.map(({ key, group, label, help, schema, unit, factory, merge }) => ({
    key,
    group,
    label,
    help,
    schema: z.toJSONSchema(schema),
    unit: unit ?? null,
    factory,
    merge,
  }))

/** The preferences of a tenant as the API shows them. */
export function describePreferences({ at, nodes, preferences }: PreferencesInEffect) {
  const { tenant_id, name } = nodes.at(-1)!
  return {
    tenant: { id: tenant_id, name },
    as_of: at,
    preferences: preferences.map(describePreference),
  }
}

export function describePreference({ preference, resolution, own }: InEffect): PreferenceResource {
  const { value, source, chain, locked_by, bounds } = resolution
  return {
    key: preference.key,
    value,
    source,
    chain: chain.map(describeEntry),
    locked_by,
    bounds,
    version: own?.version ?? 0,
  }
}

function describeEntry({ entry: { form, lock, by, at }, ...explained }: Explained) {
  return { ...explained, entry: form, lock, by, at }
}

/** What a change would do, as the API shows it. */
export function describeImpact(
  { changing, regions, ...impact }: Impact,
  from: number,
): ImpactResource {
  return {
    ...impact,
    tenants_changing: changing,
    regions: regions.slice(from, from + MAX_REGIONS),
    regions_total: regions.length,
  }
}
