import type { Actor } from '../access/actor.ts'
import { permitsSomewhere } from '../access/decide.ts'
import { nameTenants } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import { allThatMatch } from '../jobs/batch.ts'
import { countOf, formatCount } from '../web/counts.ts'
import { addressOf } from '../web/list-state.ts'
import { actionsOf, type ComputerAction } from './batch/actions.ts'
import { type TabCounts, countPresent } from './counts.ts'
import { kindLooks, platformLabels, tabLabels, tabs } from './kinds.ts'
import { type ListState, type Sort, filterFieldsOf, isFiltered, listHref } from './list.ts'
import type { ComputerRow } from './rows.ts'
import type { Found } from './search.ts'

/** A computer as a list shows it. */
export type ListedComputer = ComputerRow & {
  tenant_name: string
  /** The client above its tenant; '' where the tenant is one itself. */
  top_name: string
}

type Head = {
  label: string
  href: string | null
  sorted: 'ascending' | 'descending' | null
}

/** What the page of the list shows. */
export type ListProps = {
  state: ListState
  /** What is wrong with the filter, or ''. */
  problem: string
  lead: string
  tabs: { label: string; href: string; count: number; current: boolean }[]
  heads: Head[]
  kinds: typeof kindLooks
  platforms: typeof platformLabels
  rows: ListedComputer[]
  is_filtered: boolean
  /** How many there are of whatever tab. */
  present: number
  /** How many match, in words; null where that is not known. */
  matches: string | null
  filter_fields: string[][]
  all_that_match: string | null
  actions: readonly ComputerAction[]
  may: { create: boolean; import: boolean; export: boolean; decide: boolean }
  /** Agents that wait for a decision. */
  undecided: number
  export_href: string
  next_href: string | null
}

type Listed = { found: Found; counts: TabCounts; undecided: number; problem: string }

/** The page of the list, from its state and what was found. */
export async function listPage(
  db: Reads,
  actor: Actor,
  state: ListState,
  { found, counts, undecided, problem }: Listed,
): Promise<ListProps> {
  const may = (permission: Parameters<typeof permitsSomewhere>[1]) =>
    permitsSomewhere(actor.access, permission)
  return {
    state,
    problem,
    lead: `${countOf(countPresent(counts), 'computer', 'computers')} under management`,
    present: countPresent(counts),
    tabs: tabs.map((tab) => ({
      label: tabLabels[tab],
      href: listHref(state, { tab, after: null }),
      count: counts[tab],
      current: tab === state.tab,
    })),
    heads: COLUMNS.map((column) => headOf(state, column)),
    kinds: kindLooks,
    platforms: platformLabels,
    rows: await withPlaces(db, actor, found.rows),
    is_filtered: isFiltered(state),
    matches: isFiltered(state) ? matchesOf(state, found) : null,
    filter_fields: filterFieldsOf(state),
    all_that_match: isFiltered(state)
      ? allThatMatch(found.total)
      : `All ${formatCount(counts[state.tab])}`,
    actions: actionsOf(actor, state.tab),
    may: {
      create: may('computer.create'),
      import: may('computer.import'),
      export: may('computer.export'),
      decide: may('computer.edit'),
    },
    undecided,
    export_href: addressOf('/computers/export.csv', filterFieldsOf(state)),
    next_href: found.next && listHref(state, { after: found.next }),
  }
}

const COLUMNS: { label: string; by: Sort['by'] | null }[] = [
  { label: 'Name', by: 'name' },
  { label: 'Tenant', by: null },
  { label: 'Operating system', by: 'system' },
  { label: 'Primary person', by: null },
  { label: 'Last seen', by: 'seen' },
]

function headOf(state: ListState, { label, by }: (typeof COLUMNS)[number]): Head {
  if (!by) return { label, href: null, sorted: null }
  const { sort } = state
  const is_current = sort.by === by
  // The last that were seen are looked at first.
  const descending = is_current ? !sort.descending : by === 'seen'
  return {
    label,
    href: listHref(state, { sort: { by, descending }, after: null }),
    sorted: is_current ? (sort.descending ? 'descending' : 'ascending') : null,
  }
}

/** The rows with the names of where they are, in one query. */
async function withPlaces(db: Reads, actor: Actor, rows: ComputerRow[]): Promise<ListedComputer[]> {
  const ids = rows.flatMap(({ tenant_id, top_id }) => [tenant_id, top_id ?? tenant_id])
  const names = await nameTenants(db, actor, ids)
  return rows.map((row) => ({
    ...row,
    tenant_name: names.get(row.tenant_id)?.name ?? '',
    top_name: row.top_id === row.tenant_id ? '' : (names.get(row.top_id ?? 0)?.name ?? ''),
  }))
}

/** A later page does not know how many came before it. */
function matchesOf({ after }: ListState, { rows, next, total }: Found) {
  if (total !== null) return total > 0 ? `${formatCount(total)} match` : null
  return next && !after ? `More than ${formatCount(rows.length)} match` : null
}
