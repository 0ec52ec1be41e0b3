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

const sortKeys = ['name', 'email', 'tenant'] as const

export type Sort = Sorted<(typeof sortKeys)[number]>

/** Which people are wanted. */
export type PersonFilter = {
  /** Part of a name or an e-mail address; '' is any. */
  q: string
  /** A tenant as it is typed or chosen; '' is any. */
  tenant: string
  /** Whether those of the tenant alone are wanted, and not those below it. */
  alone: boolean
  role: 'any' | 'none' | number
  source: 'any' | 'typed' | 'imported'
  state: 'any' | 'active' | 'deactivated' | 'not_invited' | 'invited'
  tag: number | null
}

/** Everything that the address of the list says. */
export type ListState = PersonFilter & { sort: Sort; after: string | null }

const filterFields = {
  q: stateField(SearchText, ''),
  tenant: stateField(
    z.string().transform((text) => text.trim().slice(0, 10_000)),
    '',
  ),
  alone: stateField(
    z.literal('1').transform(() => true),
    false,
  ),
  role: stateField<PersonFilter['role']>(z.union([z.literal('none'), idText()]), 'any'),
  source: stateField<PersonFilter['source']>(z.enum(['typed', 'imported']), 'any'),
  state: stateField<PersonFilter['state']>(
    z.enum(['active', 'deactivated', 'not_invited', 'invited']),
    'any',
  ),
  tag: stateField<number | null>(idText(), null),
}

const Filter = z.object(filterFields)

const List = z.object({
  ...filterFields,
  sort: stateField<Sort>(SortField(sortKeys), { by: 'name', descending: false }),
  after: stateField<string | null>(z.string().min(1), null),
})

/** Reads the state of the list from a query string. */
export const readList = (query: unknown): ListState => List.parse(query ?? {})

/** Reads a filter from a query string or the fields of a form. */
export const readFilter = (sent: unknown): PersonFilter => Filter.parse(sent ?? {})

/** The fields that carry a filter in an address or a form; what is not asked for is left out. */
export const filterFieldsOf = ({ q, tenant, alone, role, source, state, tag }: PersonFilter) =>
  Object.entries({
    q,
    tenant,
    alone: alone ? '1' : '',
    role: role === 'any' ? '' : String(role),
    source: source === 'any' ? '' : source,
    state: state === 'any' ? '' : state,
    tag: tag === null ? '' : String(tag),
  }).filter(([, value]) => value !== '')

/** Whether anything is asked for but everybody. */
export const isFiltered = (filter: PersonFilter) => filterFieldsOf(filter).length > 0

/** The address of `path` with a filter. */
export const filterHref = (path: string, filter: PersonFilter) =>
  addressOf(path, filterFieldsOf(filter))

/** The address of the list in another state. What it would do anyway is left out. */
export function listHref(state: ListState, changes: Partial<ListState> = {}) {
  const { sort, after, ...filter } = { ...state, ...changes }
  const isUsual = sort.by === 'name' && !sort.descending
  return addressOf('/people', [
    ...filterFieldsOf(filter),
    ['sort', isUsual ? '' : sortText(sort)],
    ['after', after ?? ''],
  ])
}
