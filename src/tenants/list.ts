import { z } from 'zod'
import { idText } from '../web/numbers.ts'
import { type TenantKind, tenantKinds } from './kinds.ts'
import { ROOT_ID } from './queries.ts'

/** What a list may be sorted by, besides the id that settles ties. */
const sortKeys = ['name', 'slug', 'kind', 'children', 'overrides'] as const

export type Sort = { by: (typeof sortKeys)[number]; descending: boolean }

/** Which tenants are wanted, wherever they are in the tree. */
export type TenantFilter = {
  /** Part of a name or a slug; '' is any. */
  q: string
  kind: TenantKind | null
  active: 'any' | 'active' | 'inactive'
  /** Only those with preferences of their own. */
  overrides: boolean
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
const MAX_LENGTH = 200

/** What cannot be read counts as not said, so that an old or mangled address still shows a list. */
const field = <Output>(schema: z.ZodType<Output>, otherwise: Output) =>
  z
    .preprocess((sent) => (Array.isArray(sent) ? sent[0] : sent), schema)
    .catch(otherwise)
    .default(otherwise as z.core.util.NoUndefined<Output>)

const SortText = z.templateLiteral([z.enum(['', '-']), z.enum(sortKeys)])

const Id = idText()

const filterFields = {
  q: field(z.string().transform(readSearch), ''),
  kind: field<TenantKind | null>(z.enum(tenantKinds), null),
  active: field(z.enum(['any', 'active', 'inactive']), 'any'),
  overrides: field(
    z.literal('1').transform(() => true),
    false,
  ),
}

const Filter = z.object(filterFields)

const List = z.object({
  ...filterFields,
  branch: field(Id, ROOT_ID),
  open: field(z.string().transform(readIds), []),
  after: field<string | null>(z.string().min(1), null),
  sort: field<Sort>(SortText.transform(readSort), { by: 'name', descending: false }),
})

/** Reads the state of the list from a query string. */
export const readList = (query: unknown): ListState => List.parse(query ?? {})

/** Reads a filter from a query string or the fields of a form. */
export const readFilter = (sent: unknown): TenantFilter => Filter.parse(sent ?? {})

/** Whether anything is asked for but the tree itself. */
export const isFiltered = ({ q, kind, active, overrides }: TenantFilter) =>
  q !== '' || kind !== null || active !== 'any' || overrides

/** The fields that carry a filter in an address or a form; what is not asked for is left out. */
export const filterFieldsOf = ({ q, kind, active, overrides }: TenantFilter) =>
  Object.entries({
    q,
    kind: kind ?? '',
    active: active === 'any' ? '' : active,
    overrides: overrides ? '1' : '',
  }).filter(([, value]) => value !== '')

/** The address of `path` with a filter. */
export function filterHref(path: string, filter: TenantFilter) {
  const query = new URLSearchParams(filterFieldsOf(filter)).toString()
  return query ? `${path}?${query}` : path
}

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

/** A sort as it stands in an address: `name`, or `-name` from the end. */
export const sortText = ({ by, descending }: Sort) => (descending ? `-${by}` : by)

function readSort(text: z.infer<typeof SortText>): Sort {
  const descending = text.startsWith('-')
  return { by: (descending ? text.slice(1) : text) as Sort['by'], descending }
}

function readIds(text: string) {
  const ids = text.split('.').map((part) => Id.safeParse(part).data)
  return [...new Set(ids.filter((id) => id !== undefined))].slice(0, MAX_OPEN)
}

function readSearch(text: string) {
  return text
    .replace(/\p{Cc}/gu, ' ')
    .trim()
    .slice(0, MAX_LENGTH)
}
