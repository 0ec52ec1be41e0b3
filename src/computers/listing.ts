import type { Actor } from '../access/actor.ts'
import { nameTenants } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import { tagsOfComputers } from '../tags/effective.ts'
import type { Tag } from '../tags/queries.ts'
import { formatCount } from '../web/counts.ts'
import { type ComputerAction, actionsOf } from './batch/actions.ts'
import { kindLooks } from './kinds.ts'
import { type ListState, type Sort, filterFieldsOf } from './list.ts'
import type { ComputerRow } from './rows.ts'
import type { Found } from './search.ts'

/** A computer as a list shows it. */
export type ListedComputer = ComputerRow & {
  tenant_name: string
  /** The client above its tenant; '' where the tenant is one itself. */
  top_name: string
  tags: Tag[]
}

type Head = {
  label: string
  href: string | null
  sorted: 'ascending' | 'descending' | null
}

/** A list of computers wherever it stands: its tabs, its rows, and what can be done with them. */
export type Listing = {
  state: ListState
  tabs: { label: string; href: string; count: string; current: boolean }[]
  heads: Head[]
  kinds: typeof kindLooks
  rows: ListedComputer[]
  /** How many match, in words; null where that is not known. */
  matches: string | null
  filter_fields: string[][]
  all_that_match: string | null
  actions: readonly ComputerAction[]
  next_href: string | null
}

type Listed = {
  found: Found
  /** The address of the list in another state. */
  href: (changes: Partial<ListState>) => string
  tabs: Listing['tabs']
  is_filtered: boolean
  all_that_match: string | null
}

/** A list, from its state and what was found. */
export async function listingOf(
  db: Reads,
  actor: Actor,
  state: ListState,
  { found, href, tabs, is_filtered, all_that_match }: Listed,
): Promise<Listing> {
  return {
    state,
    tabs,
    heads: COLUMNS.map((column) => headOf(state, href, column)),
    kinds: kindLooks,
    rows: await withPlaces(db, actor, found.rows),
    matches: is_filtered ? matchesOf(state, found) : null,
    filter_fields: filterFieldsOf(state),
    all_that_match,
    actions: actionsOf(actor, state.tab),
    next_href: found.next && href({ after: found.next }),
  }
}

const COLUMNS: { label: string; by: Sort['by'] | null }[] = [
  { label: 'Name', by: 'name' },
  { label: 'Tenant', by: null },
  { label: 'Operating system', by: 'system' },
  { label: 'Primary person', by: null },
  { label: 'Last seen', by: 'seen' },
]

function headOf(
  { sort }: ListState,
  href: Listed['href'],
  { label, by }: (typeof COLUMNS)[number],
): Head {
  if (!by) return { label, href: null, sorted: null }
  const is_current = sort.by === by
  // The last that were seen are looked at first.
  const descending = is_current ? !sort.descending : by === 'seen'
  return {
    label,
    href: href({ sort: { by, descending }, after: null }),
    sorted: is_current ? (sort.descending ? 'descending' : 'ascending') : null,
  }
}

/** The rows with the names of where they are and with their tags, however many there are. */
async function withPlaces(db: Reads, actor: Actor, rows: ComputerRow[]): Promise<ListedComputer[]> {
  const ids = rows.flatMap(({ tenant_id, top_id }) => [tenant_id, top_id ?? tenant_id])
  const names = await nameTenants(db, actor, ids)
  const carried = await tagsOfComputers(db, actor, rows)
  return rows.map((row) => ({
    ...row,
    tenant_name: names.get(row.tenant_id)?.name ?? '',
    top_name: row.top_id === row.tenant_id ? '' : (names.get(row.top_id ?? 0)?.name ?? ''),
    tags: carried(row),
  }))
}

/** A later page does not know how many came before it. */
function matchesOf({ after }: ListState, { rows, next, total }: Found) {
  if (total !== null) return total > 0 ? `${formatCount(total)} match` : null
  return next && !after ? `More than ${formatCount(rows.length)} match` : null
}
