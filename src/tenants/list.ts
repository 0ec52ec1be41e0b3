import { z } from 'zod'
import {
  SearchText,
  SortField,
  type Sorted,
  addressOf,
  sortText,
  stateField,
} from '../web/list-state.ts'
import { idText } from '../web/numbers.ts'
import { type TenantKind, tenantKinds } from './kinds.ts'
import { ROOT_ID } from './queries.ts'

/** What a list may be sorted by, besides the id that settles ties. */
const sortKeys = ['name', 'slug', 'kind', 'children', 'overrides'] as const

export type Sort = Sorted<(typeof sortKeys)[number]>

/** Which tenants are wanted, wherever they are in the tree. */
export type TenantFilter = {
  /** Part of a name or a slug; '' is any. */
  q: string
  kind: TenantKind | null
  active: 'any' | 'active' | 'inactive'
  /** Only those with preferences of their own. */
  overrides: boolean
  /** A tag, by its id: only those that carry it, themselves or from above. */
  tag: number | null
}

/** Everything that the address of the list says. */
export type ListState = TenantFilter & {
  /** The tenant whose children are the top level. */
  branch: number
  /** Branches whose children are shown too. */
  open: number[]
  /** The place after which the top level, or the matches, go on. */
  after: string | null
  sort: Sort
}

const MAX_OPEN = 100

const Id = idText()

const filterFields = {
  q: stateField(SearchText, ''),
  kind: stateField<TenantKind | null>(z.enum(tenantKinds), null),
  active: stateField(z.enum(['any', 'active', 'inactive']), 'any'),
  overrides: stateField(
    z.literal('1').transform(() => true),
    false,
  ),
  tag: stateField<number | null>(Id, null),
}

const Filter = z.object(filterFields)

const List = z.object({
  ...filterFields,
  branch: stateField(Id, ROOT_ID),
  open: stateField(z.string().transform(readIds), []),
  after: stateField<string | null>(z.string().min(1), null),
  sort: stateField<Sort>(SortField(sortKeys), { by: 'name', descending: false }),
})

/** Reads the state of the list from a query string. */
export const readList = (query: unknown): ListState => List.parse(query ?? {})

/** Reads a filter from a query string or the fields of a form. */
export const readFilter = (sent: unknown): TenantFilter => Filter.parse(sent ?? {})

/** Whether anything is asked for but the tree itself. */
export const isFiltered = (filter: TenantFilter) => filterFieldsOf(filter).length > 0

/** The fields that carry a filter in an address or a form; what is not asked for is left out. */
export const filterFieldsOf = ({ q, kind, active, overrides, tag }: TenantFilter) =>
  Object.entries({
    q,
    kind: kind ?? '',
    active: active === 'any' ? '' : active,
    overrides: overrides ? '1' : '',
    tag: String(tag ?? ''),
  }).filter(([, value]) => value !== '')

/** The address of `path` with a filter. */
export const filterHref = (path: string, filter: TenantFilter) =>
  addressOf(path, filterFieldsOf(filter))

/** The address of the list in another state. What it would do anyway is left out. */
export function listHref(state: ListState, changes: Partial<ListState> = {}) {
  const { branch, open, after, sort, ...filter } = { ...state, ...changes }
  const query = new URLSearchParams(filterFieldsOf(filter))
  if (branch !== ROOT_ID) query.set('branch', String(branch))
  if (sort.by !== 'name' || sort.descending) query.set('sort', sortText(sort))
  if (open.length > 0) query.set('open', open.join('.'))
  if (after) query.set('after', after)
  return query.size > 0 ? `/tenants?${query.toString()}` : '/tenants'
}

function readIds(text: string) {
  const ids = text.split('.').map((part) => Id.safeParse(part).data)
  return [...new Set(ids.filter((id) => id !== undefined))].slice(0, MAX_OPEN)
}
