import type { Permission } from '../access/permissions.ts'

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
  { path: 'history', label: 'History', permission: 'history.view' },
  { path: 'edit', label: 'Edit', permission: 'computer.edit' },
] as const satisfies Tab[]

export type TabPath = (typeof tabs)[number]['path']

/** A tab as it is drawn. */
export type TabLink = { label: string; href: string; current: boolean }

/** The tabs of one computer that may be opened, with the one that is being looked at. */
export const tabLinks = (
  id: number,
  current: TabPath,
  may: (permission: Permission) => boolean,
): TabLink[] =>
  tabs
    .filter(({ permission }) => may(permission))
    .map(({ path, label }) => ({
      label,
      href: `/computers/${id}${path && `/${path}`}`,
      current: path === current,
    }))
