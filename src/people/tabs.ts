import { type TabLink, linkTabs } from '../web/tabs.ts'

/** A page of a person: the end of its address (`/people/12/history`), empty for the first. */
type Tab = { path: string; label: string }

/** The tabs of a person's page, in order. A feature with a page for each person adds its own. */
const tabs = [
  { path: '', label: 'Overview' },
  { path: 'access', label: 'Access' },
  { path: 'history', label: 'History' },
  { path: 'edit', label: 'Edit' },
] as const satisfies Tab[]

export type TabPath = (typeof tabs)[number]['path']

/** The tabs of one person that may be opened, with the one that is being looked at. */
export const tabLinks = (
  id: number,
  current: TabPath,
  may: { edit: boolean; see_access: boolean },
): TabLink[] => {
  const open = tabs
    .filter(({ path }) => path !== 'edit' || may.edit)
    .filter(({ path }) => path !== 'access' || may.see_access)
  return linkTabs(`/people/${id}`, open, current)
}
