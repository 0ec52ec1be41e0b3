import { z } from 'zod'
import type { SessionState } from '../db/schedule-schema.ts'
import { addressOf, stateField } from '../web/list-state.ts'
import { idText } from '../web/numbers.ts'
import { statesInOrder } from './words.ts'

/** Which sessions are wanted, as an address says it. */
export type SessionFilter = {
  state: SessionState | null
  /** A tenant, by its path, slug or name; '' is any. */
  tenant: string
  /** Only the tenant itself, without those below it. */
  only: boolean
  schedule: number | null
  computer: number | null
  window: number | null
  /** The first and the last day (UTC) on which they were made; '' for no bound. */
  from: string
  to: string
}

/** Everything that the address of the list says. `after` is the last id on the page before. */
export type SessionListState = SessionFilter & { after: number | null }

const id = stateField<number | null>(idText(), null)
const day = stateField(z.iso.date(), '')

const List = z.object({
  state: stateField<SessionState | null>(z.enum(statesInOrder), null),
  tenant: stateField(z.string().trim().max(10_000), ''),
  only: stateField(
    z.literal('1').transform(() => true),
    false,
  ),
  schedule: id,
  computer: id,
  window: id,
  from: day,
  to: day,
  after: id,
})

/** Reads the state of the list from a query string. */
export const readList = (query: unknown): SessionListState => List.parse(query ?? {})

/** Whether anything is asked for. */
export const isFiltered = ({ after: _, ...filter }: SessionListState) =>
  Object.values(filter).some((value) => value !== null && value !== '' && value !== false)

/** The fields that carry a filter in an address or a form; what is not asked for is left out. */
export const filterFieldsOf = ({ after: _, only, ...rest }: SessionListState) =>
  [
    ...Object.entries(rest).map(([name, value]) => [name, String(value ?? '')]),
    ['only', only ? '1' : ''],
  ].filter(([, value]) => value !== '')

/** The address of the list in another state; `path` is the page that it stands on. */
export function listHref(
  path: string,
  state: SessionListState,
  changes: Partial<SessionListState> = {},
) {
  const wanted = { ...state, ...changes }
  return addressOf(path, [...filterFieldsOf(wanted), ['after', String(wanted.after ?? '')]])
}
