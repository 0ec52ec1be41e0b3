import { z } from 'zod'
import type { ComputerKind, ComputerTab, Platform } from '../db/computer-schema.ts'
import {
  SearchText,
  SortField,
  type Sorted,
  addressOf,
  sortText,
  stateField,
} from '../web/list-state.ts'
import { idText } from '../web/numbers.ts'
import { type Maintenance, maintenances } from './conditions.ts'
import { computerKinds, platforms, tabs } from './kinds.ts'
import { type SeenSpan, seenSpans } from './seen.ts'

/** What a list may be sorted by, besides the id that settles ties. */
export const sortKeys = ['name', 'system', 'seen'] as const

export type Sort = Sorted<(typeof sortKeys)[number]>

/** Which computers are wanted, as an address says it. */
export type ComputerFilter = {
  tab: ComputerTab
  /** Part of a name, a serial number or the primary person's name; '' is any. */
  q: string
  /** A tenant, by its path, slug or name; '' is any. */
  tenant: string
  /** Only the tenant itself, without those below it. */
  only: boolean
  kind: ComputerKind | null
  platform: Platform | null
  seen: SeenSpan | null
  maintenance: Maintenance | null
  /** A group, by its id: only its members. */
  group: number | null
  /** A tag, by its id: only what carries it, or is covered by it. */
  tag: number | null
}

/** Everything that the address of the list says. */
export type ListState = ComputerFilter & { sort: Sort; after: string | null }

const filterFields = {
  tab: stateField<ComputerTab>(z.enum(tabs), 'active'),
  q: stateField(SearchText, ''),
  tenant: stateField(z.string().trim().max(10_000), ''),
  only: stateField(
    z.literal('1').transform(() => true),
    false,
  ),
  kind: stateField<ComputerKind | null>(z.enum(computerKinds), null),
  platform: stateField<Platform | null>(z.enum(platforms), null),
  seen: stateField<SeenSpan | null>(z.enum(seenSpans), null),
  maintenance: stateField<Maintenance | null>(z.enum(maintenances), null),
  group: stateField<number | null>(idText(), null),
  tag: stateField<number | null>(idText(), null),
}

const Filter = z.object(filterFields)

const List = z.object({
  ...filterFields,
  after: stateField<string | null>(z.string().min(1), null),
  sort: stateField<Sort>(SortField(sortKeys), { by: 'name', descending: false }),
})

/** Reads the state of the list from a query string. */
export const readList = (query: unknown): ListState => List.parse(query ?? {})

/** Reads a filter from a query string or the fields of a form. */
export const readFilter = (sent: unknown): ComputerFilter => Filter.parse(sent ?? {})

/** Whether anything is asked for but a tab. */
export const isFiltered = (filter: ComputerFilter) =>
  filterFieldsOf({ ...filter, tab: 'active', only: false }).length > 0

/** The fields that carry a filter in an address or a form; what is not asked for is left out. */
export const filterFieldsOf = (filter: ComputerFilter) =>
  Object.entries({
    tab: filter.tab === 'active' ? '' : filter.tab,
    q: filter.q,
    tenant: filter.tenant,
    only: filter.only ? '1' : '',
    kind: filter.kind ?? '',
    platform: filter.platform ?? '',
    seen: filter.seen ?? '',
    maintenance: filter.maintenance ?? '',
    group: String(filter.group ?? ''),
    tag: String(filter.tag ?? ''),
  }).filter(([, value]) => value !== '')

/** The address of the list in another state. What it would do anyway is left out. */
export function listHref(state: ListState, changes: Partial<ListState> = {}) {
  const { sort, after, ...filter } = { ...state, ...changes }
  const sorted = sort.by === 'name' && !sort.descending ? '' : sortText(sort)
  return addressOf('/computers', [
    ...filterFieldsOf(filter),
    ['sort', sorted],
    ['after', after ?? ''],
  ])
}

/** The same for the list of the members of a group, on its own page. */
export function memberHref(id: number, state: ListState, changes: Partial<ListState> = {}) {
  const query = listHref({ ...state, group: null }, changes).slice('/computers'.length)
  return `/computers/groups/${id}${query}`
}
