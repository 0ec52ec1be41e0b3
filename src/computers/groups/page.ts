import type { Actor } from '../../access/actor.ts'
import type { Db } from '../../db/connection.ts'
import { Invalid } from '../../errors.ts'
import { allThatMatch } from '../../jobs/batch.ts'
import { type Tag, tagChoices } from '../../tags/queries.ts'
import { formatCount } from '../../web/counts.ts'
import { addressOf } from '../../web/list-state.ts'
import { platformLabels, tabLabels } from '../kinds.ts'
import { type ListState, filterFieldsOf, isFiltered, memberHref, readList } from '../list.ts'
import { type Listing, listingOf } from '../listing.ts'
import { type Found, countComputers, findComputers } from '../search.ts'
import { resolveFilter } from '../wanted.ts'
import { type GroupHead, getGroupHead } from './head.ts'
import type { Membership } from './membership.ts'
import { COUNTED } from './queries.ts'
import { type Use, usesOf } from './uses.ts'

const PAGE_SIZE = 50

/** What the page of a group shows. */
export type GroupPage = {
  head: GroupHead
  listing: Listing
  /** Why there are no members, or why the search cannot be done; or ''. */
  problem: string
  is_filtered: boolean
  platforms: typeof platformLabels
  tags: Tag[]
  uses: Use[]
  export_href: string
}

/** The page of a group, with its members as its address asks for them. */
export async function groupPage(
  db: Db,
  actor: Actor,
  id: number,
  query: unknown,
): Promise<GroupPage> {
  const head = await getGroupHead(db, actor, id, '')
  const { membership } = head
  const state = stateIn(membership, id, readList(query))
  const { found, problem } = await findMembers(db, actor, state)
  const is_filtered = isFiltered({ ...state, group: null })
  return {
    head,
    listing: await listingOf(db, actor, state, {
      found,
      href: (changes) => memberHref(id, state, changes),
      tabs: await tabLinks(db, actor, id, state, membership),
      is_filtered,
      all_that_match: allThatMatch(found.total),
    }),
    problem,
    is_filtered,
    platforms: platformLabels,
    tags: await tagChoices(db, actor, 'computer.view', state.tag),
    uses: await usesOf(db, actor, id),
    export_href: addressOf('/computers/export.csv', filterFieldsOf(state)),
  }
}

/** The state of the list, in a tab where there can be members. */
function stateIn({ tabs }: Membership, group: number, state: ListState): ListState {
  const tab = tabs.includes(state.tab) ? state.tab : (tabs[0] ?? 'active')
  return { ...state, group, tab }
}

async function findMembers(db: Db, actor: Actor, state: ListState) {
  const nothing: Found = { rows: [], next: null, total: 0 }
  const { sort, after } = state
  try {
    const wanted = await resolveFilter(db, actor, state)
    const found = await findComputers(db, actor, wanted, { limit: PAGE_SIZE, sort, after })
    return { found, problem: '' }
  } catch (error) {
    if (!(error instanceof Invalid)) throw error
    return { found: nothing, problem: error.message }
  }
}

/** The tabs in which there can be members, each with how many there are, as far as one counts. */
function tabLinks(
  db: Db,
  actor: Actor,
  id: number,
  state: ListState,
  { tabs, traits }: Membership,
): Promise<Listing['tabs']> {
  return Promise.all(
    tabs.map(async (tab) => {
      const count = traits ? await countComputers(db, actor, { ...traits, tab }, COUNTED + 1) : 0
      return {
        label: tabLabels[tab],
        href: memberHref(id, state, { tab, after: null }),
        count: countUpTo(count),
        current: tab === state.tab,
      }
    }),
  )
}

const countUpTo = (count: number) =>
  count > COUNTED ? `${formatCount(COUNTED)}+` : formatCount(count)
