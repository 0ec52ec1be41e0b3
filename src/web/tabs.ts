/** A tab as it is drawn. */
export type TabLink = { label: string; href: string; current: boolean }

/**
 * The tabs of a page, with the one that is being looked at. `path` is the end of a tab's address
 * (`/people/12/history`), empty for the first.
 */
export const linkTabs = (
  page: string,
  tabs: { path: string; label: string }[],
  current: string,
): TabLink[] =>
  tabs.map(({ path, label }) => ({
    label,
    href: page + (path && `/${path}`),
    current: path === current,
  }))
