import { permits } from '../access/decide.ts'
import type { Permission } from '../access/permissions.ts'
import type { Asker } from '../access/visible.ts'
import { type TabLink, linkTabs } from '../web/tabs.ts'
import { ROOT_ID, type Tenant } from './queries.ts'

/** A page of a tenant. */
type Tab = {
  /** The end of its address: `/tenants/12/history`; empty for the first. */
  path: string
  label: string
  /** Whether "All tenants" has it too. */
  of_root: boolean
  /** What it takes to open it. */
  permission: Permission
}

/** The tabs of a tenant's page, in order. A feature with a page for each tenant adds its own. */
const tabs = [
  { path: '', label: 'Overview', of_root: true, permission: 'tenant.view' },
  { path: 'preferences', label: 'Preferences', of_root: true, permission: 'preference.view' },
  { path: 'schedules', label: 'Schedules', of_root: true, permission: 'schedule.view' },
  { path: 'calendar', label: 'Calendar', of_root: true, permission: 'schedule.view' },
  { path: 'sessions', label: 'Sessions', of_root: true, permission: 'schedule.view' },
  { path: 'access', label: 'Access', of_root: true, permission: 'access.view' },
  { path: 'history', label: 'History', of_root: true, permission: 'history.view' },
  { path: 'edit', label: 'Edit', of_root: false, permission: 'tenant.edit' },
] as const satisfies Tab[]

export type TabPath = (typeof tabs)[number]['path']

/** The tabs of one tenant that the asker may open, with the one that is being looked at. */
export const tabLinks = (
  { id, path: place }: Pick<Tenant, 'id' | 'path'>,
  current: TabPath,
  { access }: Asker,
): TabLink[] => {
  const open = tabs
    .filter((tab) => tab.of_root || id !== ROOT_ID)
    .filter((tab) => permits(access, tab.permission, place))
  return linkTabs(`/tenants/${id}`, open, current)
}
