import { ROOT_ID } from './queries.ts'

/** A page of a tenant. */
type Tab = {
  /** The end of its address: `/tenants/12/history`; empty for the first. */
  path: string
  label: string
  /** Whether "All tenants" has it too. */
  of_root: boolean
}

/** The tabs of a tenant's page, in order. A feature with a page for each tenant adds its own. */
const tabs = [
  { path: '', label: 'Overview', of_root: true },
  { path: 'preferences', label: 'Preferences', of_root: true },
  { path: 'access', label: 'Access', of_root: true },
  { path: 'history', label: 'History', of_root: true },
  { path: 'edit', label: 'Edit', of_root: false },
] as const satisfies Tab[]

export type TabPath = (typeof tabs)[number]['path']

/** A tab as it is drawn. */
export type TabLink = { label: string; href: string; current: boolean }

/** The tabs of one tenant, with the one that is being looked at. */
export const tabLinks = (id: number, current: TabPath): TabLink[] =>
  tabs
    .filter((tab) => tab.of_root || id !== ROOT_ID)
    .map(({ path, label }) => ({
      label,
      href: `/tenants/${id}${path && `/${path}`}`,
      current: path === current,
    }))
