import { z } from 'zod'
import type { ScheduleState } from '../db/schedule-schema.ts'
import { SearchText, addressOf, stateField } from '../web/list-state.ts'

export const tabs = ['enabled', 'disabled', 'deleted'] as const satisfies ScheduleState[]

export const tabLabels: Record<ScheduleState, string> = {
  enabled: 'Enabled',
  disabled: 'Disabled',
  deleted: 'Deleted',
}

/** Which schedules are wanted, as an address says it. */
export type ScheduleFilter = {
  tab: ScheduleState
  /** Part of a name; '' is any. */
  q: string
  /** A tenant, by its path, slug or name; '' is any. */
  tenant: string
  /** Only those of the tenant itself, without those of the tenants below it. */
  only: boolean
}

/** Everything that the address of the list says. */
export type ListState = ScheduleFilter & { after: string | null }

const List = z.object({
  tab: stateField<ScheduleState>(z.enum(tabs), 'enabled'),
  q: stateField(SearchText, ''),
  tenant: stateField(z.string().trim().max(10_000), ''),
  only: stateField(
    z.literal('1').transform(() => true),
    false,
  ),
  after: stateField<string | null>(z.string().min(1), null),
})

/** Reads the state of the list from a query string or the fields of a form. */
export const readList = (sent: unknown): ListState => List.parse(sent ?? {})

/** Whether anything is asked for but a tab. */
export const isFiltered = ({ q, tenant }: ScheduleFilter) => q !== '' || tenant !== ''

/** The fields that carry a filter in an address or a form; what is not asked for is left out. */
export const filterFieldsOf = ({ tab, q, tenant, only }: ScheduleFilter) =>
  Object.entries({
    tab: tab === 'enabled' ? '' : tab,
    q,
    tenant,
    only: only ? '1' : '',
  }).filter(([, value]) => value !== '')

/** The address of the list in another state. What it would do anyway is left out. */
export function listHref(state: ListState, changes: Partial<ListState> = {}) {
  const { after, ...filter } = { ...state, ...changes }
  return addressOf('/schedules', [...filterFieldsOf(filter), ['after', after ?? '']])
}
