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

/** What a filter asks for, line by line; `tenant` is what the asker calls the one it names. */
export function filterInWords(filter: GroupFilter, tenant: string) {
  const { state, q, tenant_id, without_children, kind, platform, seen, maintenance } = filter
  return [
    { label: 'State', value: groupStateLabels[state] },
    ...(q ? [{ label: 'Name, serial number or person', value: `Contains “${q}”` }] : []),
    ...(tenant_id ? [{ label: 'Tenant', value: placed(tenant, without_children) }] : []),
    ...(kind ? [{ label: 'Kind', value: kindLooks[kind].label }] : []),
    ...(platform ? [{ label: 'Operating system', value: platformLabels[platform] }] : []),
    ...(seen ? [{ label: 'Last seen', value: seenLabels[seen] }] : []),
    ...(maintenance ? [{ label: 'Maintenance', value: maintenanceLabels[maintenance] }] : []),
  ]
}

const placed = (tenant: string, only: boolean) =>
  only ? `${tenant}, without its children` : `${tenant} and all below it`

/** A filter as it was logged, in one line; `tenantName` says what a tenant is called. */
export function loggedFilterInWords(json: string, tenantName: (id: number) => string | null) {
  const filter = readFilter(json)
  if (!filter) return 'A filter that this version cannot read'
  const tenant = (filter.tenant_id && tenantName(filter.tenant_id)) || ''
  return filterInWords(filter, tenant)
    .map(({ label, value }) => `${label}: ${value}`)
    .join('; ')
}

/** The id of the tenant that a filter names; null for none. */
export const tenantOfFilter = (json: string) => readFilter(json)?.tenant_id ?? null
