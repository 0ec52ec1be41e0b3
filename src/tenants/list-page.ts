import { allThatMatch } from '../jobs/batch.ts'
import { sortText } from '../web/list-state.ts'
import type { Tag } from '../tags/queries.ts'
import { countOf, formatCount } from '../web/counts.ts'
import {
  filterFieldsOf,
  filterHref,
  isFiltered,
  type ListState,
  listHref,
  type Sort,
} from './list.ts'
import { kindLooks, type TenantKind, tenantKinds } from './kinds.ts'
import { type Marked, markMatch } from './marks.ts'
import { sortKey } from './names.ts'
import type { TenantRow } from './rows.ts'
import type { Ancestor } from './search.ts'
import type { Top } from './top.ts'
import type { MoreRow, TreeRow } from './tree.ts'
import type { ListRights } from './rights.ts'

/** A match of a search, with the way to it. */
export type MatchRow = TenantRow & {
  way: Ancestor[]
  marked_name: Marked | null
  marked_slug: Marked | null
}

/** What the rows of a list need beside the tenants themselves. */
export type RowsProps = {
  rows: (TreeRow | MoreRow | MatchRow)[]
  /** The address that opens or closes a branch of the tree. */
  toggleHref: (id: number) => string
  /** Where the next rows are: as a page, and as rows to put in the place of the link. */
  moreHref: (more: MoreRow) => string
  moreRowsHref: (more: MoreRow) => string
  kinds: typeof kindLooks
  /** Whether rows can be selected: there is something to do with them. */
  selectable: boolean
  /** The tags of a row, by the id of its tenant. */
  tagsOf: (id: number) => Tag[]
}

/** The addresses that rows lead to, in the state that the list is in. */
export function rowLinks(state: ListState): Omit<RowsProps, 'rows' | 'selectable' | 'tagsOf'> {
  const open = new Set(state.open)
  const others = listHref({ ...state, open: [] })
  const start = `${others}${others.includes('?') ? '&' : '?'}open=`
  const opened = state.open.length > 0 ? `${state.open.join('.')}.` : ''
  const toggleHref = (id: number) => {
    if (!open.has(id)) return `${start}${opened}${id}`
    return open.size === 1 ? others : start + state.open.filter((other) => other !== id).join('.')
  }
  return {
    kinds: kindLooks,
    toggleHref,
    moreHref: ({ more, after }) => listHref(state, { branch: more.id, after }),
    moreRowsHref: ({ more, level, after }) => {
      const query = new URLSearchParams({ level: String(level), after, sort: sortText(state.sort) })
      if (state.open.length > 0) query.set('open', state.open.join('.'))
      return `/tenants/${more.id}/children?${query.toString()}`
    },
  }
}

/** A match as it is shown: what was searched for is marked in its name, or else in its slug. */
export function matchRow(row: TenantRow, way: Ancestor[], q: string): MatchRow {
  const folded = sortKey(q)
  const marked_name = markMatch(row.name, folded)
  const marked_slug = marked_name ? null : markMatch(row.slug, folded)
  return { ...row, way, marked_name, marked_slug }
}

type SortLink = { label: string; sorted: 'ascending' | 'descending' | null; href: string | null }

/** The head of a column: what it can be sorted by, and how it is. */
type Head = { links: SortLink[]; sorted: SortLink['sorted'] }

const COLUMNS: { label: string; by: Sort['by'] | null }[][] = [
  [
    { label: 'Name', by: 'name' },
    { label: 'Slug', by: 'slug' },
  ],
  [{ label: 'Kind', by: 'kind' }],
  [{ label: 'Description', by: null }],
  [{ label: 'Children', by: 'children' }],
  [{ label: 'Set here / below', by: 'overrides' }],
]

/** The heads of the columns, with links that sort. The matches of a filter come by name only. */
function columnHeads(state: ListState): Head[] {
  return COLUMNS.map((column) => {
    const links = column.map(({ label, by }) => ({ label, ...sortLink(state, by) }))
    return { links, sorted: links.find((link) => link.sorted)?.sorted ?? null }
  })
}

function sortLink(state: ListState, by: Sort['by'] | null): Omit<SortLink, 'label'> {
  const is_filtered = isFiltered(state)
  if (!by || (is_filtered && by !== 'name')) return { sorted: null, href: null }
  const { sort } = state
  const isCurrent = is_filtered || sort.by === by
  // Numbers are looked at from the largest.
  const descending = isCurrent ? !sort.descending : by === 'children' || by === 'overrides'
  return {
    sorted: isCurrent ? (sort.descending ? 'descending' : 'ascending') : null,
    href: listHref(state, { sort: { by, descending }, after: null }),
  }
}

/** What the page of the list shows. */
export type ListProps = RowsProps & {
  state: ListState
  /** The tenant whose children are listed, or "All tenants". */
  branch: Top
  path: { name: string; href?: string }[]
  may: ListRights
  /** How many tenants there are, in words. */
  lead: string
  heads: Head[]
  kind_options: readonly TenantKind[]
  /** Those that can be filtered by. */
  tags: Tag[]
  is_filtered: boolean
  /** Whether there is nothing yet but the tenant that set-up made. */
  is_first: boolean
  /** How many match, in words; null where nothing is searched for, or that is not known. */
  matches: string | null
  /** The fields that say the filter again, for what is done with all that match. */
  filter_fields: string[][]
  /** What "all" means for that, in words; null where it means nothing. */
  all_that_match: string | null
  export_href: string
  next_href: string | null
}

/** What was listed: rows, how many there are in all if that is known, and where more are. */
export type Listed = Pick<ListProps, 'rows' | 'next_href' | 'tagsOf' | 'tags'> & {
  total: number | null
}

/** The page of the list, from its state and what was found. */
export function listPage(
  state: ListState,
  listed: Listed,
  { branch, path, may }: Pick<ListProps, 'branch' | 'path' | 'may'>,
  tenant_count: number,
): ListProps {
  const is_filtered = isFiltered(state)
  return {
    ...rowLinks(state),
    state,
    branch,
    path,
    may,
    selectable: may.batch.length > 0,
    lead: leadOf(branch, tenant_count),
    rows: listed.rows,
    tagsOf: listed.tagsOf,
    tags: listed.tags,
    next_href: listed.next_href,
    heads: columnHeads(state),
    kind_options: tenantKinds,
    is_filtered,
    is_first: may.create && !is_filtered && branch.parent_id === null && tenant_count === 1,
    matches: is_filtered ? matchesOf(state, listed) : null,
    filter_fields: filterFieldsOf(state),
    all_that_match: whatAllMeans(is_filtered, listed.total, branch, tenant_count),
    export_href: filterHref('/tenants/export.csv', state),
  }
}

function leadOf(branch: Top, tenant_count: number) {
  const all = `${countOf(tenant_count, 'tenant', 'tenants')} under management`
  if (branch.parent_id === null) return all
  return `${all}, ${countOf(branch.child_count, 'child', 'children')} here`
}

/** A later page does not know how many came before it. */
function matchesOf({ after }: ListState, { rows, total, next_href }: Listed) {
  if (total !== null) return total > 0 ? `${formatCount(total)} match` : null
  return next_href && !after ? `More than ${formatCount(rows.length)} match` : null
}

/** What a batch action on everything would be on; a branch alone cannot be meant by a filter. */
function whatAllMeans(
  is_filtered: boolean,
  total: number | null,
  branch: Top,
  tenant_count: number,
) {
  if (is_filtered) return allThatMatch(total)
  return branch.parent_id === null ? `All ${countOf(tenant_count, 'tenant', 'tenants')}` : null
}
