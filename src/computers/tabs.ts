import type { Permission } from '../access/permissions.ts'
import { type TabLink, linkTabs } from '../web/tabs.ts'

type Tab = {
  /** The end of its address: `/computers/12/history`; empty for the first. */
  path: string
  label: string
  permission: Permission
}

/** The tabs of a computer's page, in order. A feature with a page for each computer adds its own. */
const tabs = [
  { path: '', label: 'Overview', permission: 'computer.view' },
  { path: 'preferences', label: 'Preferences', permission: 'preference.view' },
  { path: 'maintenance', label: 'Maintenance', permission: 'schedule.view' },
  { path: 'history', label: 'History', permission: 'history.view' },
  { path: 'edit', label: 'Edit', permission: 'computer.edit' },
] as const satisfies Tab[]

export type TabPath = (typeof tabs)[number]['path']

/** The tabs of one computer that may be opened, with the one that is being looked at. */
export const tabLinks = (
  id: number,
  current: TabPath,
  may: (permission: Permission) => boolean,
): TabLink[] => {
  const open = tabs.filter(({ permission }) => may(permission))
  return linkTabs(`/computers/${id}`, open, current)
}
