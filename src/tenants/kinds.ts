import type { Kind } from '../db/schema.ts'

/** The kinds that a tenant may have ("All tenants" is the only `root`), in the order of choice. */
export const tenantKinds = [
  'msp',
  'client',
  'branch_office',
  'department',
  'division',
  'location',
] as const satisfies Kind[]

export type TenantKind = (typeof tenantKinds)[number]

/** How each kind is called on a page, and the icon that stands for it. */
export const kindLooks: Record<Kind, { label: string; icon: string }> = {
  root: { label: 'All tenants', icon: 'layers' },
  msp: { label: 'MSP', icon: 'shield' },
  client: { label: 'Client', icon: 'building-2' },
  branch_office: { label: 'Branch office', icon: 'briefcase' },
  department: { label: 'Department', icon: 'network' },
  division: { label: 'Division', icon: 'split' },
  location: { label: 'Location', icon: 'map-pin' },
}

/** What a new tenant usually is: a client under All tenants and MSPs, a branch office elsewhere. */
export const usualKindBelow = (parent: Kind): TenantKind =>
  parent === 'root' || parent === 'msp' ? 'client' : 'branch_office'
