import { kindLooks, platformLabels } from '../kinds.ts'
import { seenLabels } from '../seen.ts'
import { type GroupFilter, type GroupState, readFilter } from './filter.ts'

export const groupStateLabels: Record<GroupState, string> = {
  present: 'New, active and stale',
  active: 'Active only',
  new: 'New only',
  stale: 'Stale only',
}

export const maintenanceLabels = {
  included: 'Included in maintenance',
  excluded: 'Excluded from maintenance',
} as const

/** What somebody calls that which a filter names. */
type Named = { tenant: string; tag: string }

/** What a filter asks for, line by line. */
export function filterInWords(filter: GroupFilter, { tenant, tag }: Named) {
  const { state, q, tenant_id, without_children, kind, platform, seen, maintenance } = filter
  return [
    { label: 'State', value: groupStateLabels[state] },
    ...(q ? [{ label: 'Name, serial number or person', value: `Contains “${q}”` }] : []),
    ...(tenant_id ? [{ label: 'Tenant', value: placed(tenant, without_children) }] : []),
    ...(filter.tag_id ? [{ label: 'Tag', value: tag }] : []),
    ...(kind ? [{ label: 'Kind', value: kindLooks[kind].label }] : []),
    ...(platform ? [{ label: 'Operating system', value: platformLabels[platform] }] : []),
    ...(seen ? [{ label: 'Last seen', value: seenLabels[seen] }] : []),
    ...(maintenance ? [{ label: 'Maintenance', value: maintenanceLabels[maintenance] }] : []),
  ]
}

const placed = (tenant: string, only: boolean) =>
  only ? `${tenant}, without its children` : `${tenant} and all below it`

/** What a filter names by id. */
type Mention = { table: 'tenant' | 'tag'; id: number }

/** A filter as it was logged, in one line; `nameOf` says what is called how. */
export function loggedFilterInWords(
  json: string,
  nameOf: (table: Mention['table'], id: number | null) => string | null,
) {
  const filter = readFilter(json)
  if (!filter) return 'A filter that this version cannot read'
  const tenant = nameOf('tenant', filter.tenant_id) ?? ''
  return filterInWords(filter, { tenant, tag: nameOf('tag', filter.tag_id) ?? '' })
    .map(({ label, value }) => `${label}: ${value}`)
    .join('; ')
}

/** What a filter names. */
export function namedByFilter(json: string): Mention[] {
  const { tenant_id = null, tag_id = null } = readFilter(json) ?? {}
  return [
    ...(tenant_id === null ? [] : [{ table: 'tenant' as const, id: tenant_id }]),
    ...(tag_id === null ? [] : [{ table: 'tag' as const, id: tag_id }]),
  ]
}
