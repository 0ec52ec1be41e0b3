import type { Actor } from '../access/actor.ts'
import { permitsSomewhere } from '../access/decide.ts'
import type { Reads } from '../db/connection.ts'
import { allThatMatch } from '../jobs/batch.ts'
import type { Tag } from '../tags/queries.ts'
import { countOf, formatCount } from '../web/counts.ts'
import { addressOf } from '../web/list-state.ts'
import { type TabCounts, countPresent } from './counts.ts'
import type { GroupChoice } from './groups/choices.ts'
import { platformLabels, tabLabels, tabs } from './kinds.ts'
import { type ListState, filterFieldsOf, isFiltered, listHref } from './list.ts'
import { type Listing, listingOf } from './listing.ts'
import type { Found } from './search.ts'

/** What the page of the list shows. */
export type ListProps = {
  listing: Listing
  /** What is wrong with the filter, or ''. */
  problem: string
  lead: string
  platforms: typeof platformLabels
  groups: GroupChoice[]
  /** Those that can be filtered by. */
  tags: Tag[]
  is_filtered: boolean
  /** How many there are of whatever tab. */
  present: number
  may: Record<'create' | 'import' | 'export' | 'decide', boolean>
  /** Agents that wait for a decision. */
  undecided: number
  export_href: string
  /** Where the filter is saved as a group; null where that cannot be. */
  save_href: string | null
}

type Listed = {
  found: Found
  counts: TabCounts
  undecided: number
  problem: string
  groups: GroupChoice[]
  tags: Tag[]
}

/** The page of the list, from its state and what was found. */
export async function listPage(
  db: Reads,
  actor: Actor,
  state: ListState,
  { found, counts, undecided, problem, groups, tags }: Listed,
): Promise<ListProps> {
  const may = (permission: Parameters<typeof permitsSomewhere>[1]) =>
    permitsSomewhere(actor.access, permission)
  const is_filtered = isFiltered(state)
  return {
    listing: await listingOf(db, actor, state, {
      found,
      href: (changes) => listHref(state, changes),
      tabs: tabLinks(state, counts),
      is_filtered,
      all_that_match: is_filtered
        ? allThatMatch(found.total)
        : `All ${formatCount(counts[state.tab])}`,
    }),
    problem,
    lead: `${countOf(countPresent(counts), 'computer', 'computers')} under management`,
    present: countPresent(counts),
    platforms: platformLabels,
    groups,
    tags,
    is_filtered,
    may: {
      create: may('computer.create'),
      import: may('computer.import'),
      export: may('computer.export'),
      decide: may('computer.edit'),
    },
    undecided,
    export_href: addressOf('/computers/export.csv', filterFieldsOf(state)),
    save_href: may('computer_group.manage') && is_filtered && !problem ? saveHref(state) : null,
  }
}

const tabLinks = (state: ListState, counts: TabCounts) =>
  tabs.map((tab) => ({
    label: tabLabels[tab],
    href: listHref(state, { tab, after: null }),
    count: formatCount(counts[tab]),
    current: tab === state.tab,
  }))

/** A group is of no other group and of no tag, and has no member that is deleted. */
const saveHref = (state: ListState) =>
  state.group === null && state.tag === null && state.tab !== 'deleted'
    ? addressOf('/computers/groups/new', filterFieldsOf(state))
    : null
