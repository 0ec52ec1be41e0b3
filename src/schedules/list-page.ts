import type { Actor } from '../access/actor.ts'
import { permits, permitsSomewhere } from '../access/decide.ts'
import { rightsAt } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import type { ScheduleState } from '../db/schedule-schema.ts'
import { allThatMatch } from '../jobs/batch.ts'
import { ROOT_ID } from '../tenants/queries.ts'
import { countOf, formatCount } from '../web/counts.ts'
import { type ScheduleAction, actionsOf } from './batch/actions.ts'
import { type ListState, filterFieldsOf, isFiltered, listHref, tabLabels, tabs } from './list.ts'
import { type FoundSchedule, type Wanted, countSchedules, countStates } from './search.ts'
import { targetInWords, timesInWords, zoneInWords } from './says.ts'

/** A schedule as the list shows it. */
export type ListedSchedule = {
  id: number
  name: string
  tenant_id: number
  tenant_name: string
  /** Whether its tenant has a page that the reader may open. */
  opens_tenant: boolean
  locked: boolean
  times: string
  zone: string
  target: { words: string; is_missing: boolean }
  next_at: string | null
}

/** What the page of the list shows. */
export type ListProps = {
  state: ListState
  /** What is wrong with the filter, or ''. */
  problem: string
  lead: string
  tabs: { label: string; href: string; count: string; current: boolean }[]
  rows: ListedSchedule[]
  matches: string | null
  is_filtered: boolean
  /** How many there are of whatever state. */
  present: number
  may_create: boolean
  /** The calendar of all that the reader looks after; null where there is none. */
  calendar_href: string | null
  /** Where the reader finds what their tenant inherits; null where nothing comes from above. */
  inherited_href: string | null
  actions: readonly ScheduleAction[]
  filter_fields: string[][]
  all_that_match: string | null
  next_href: string | null
}

type Listed = { found: { rows: FoundSchedule[]; next: string | null }; problem: string }

/** The page of the list, from its state and what was found. */
export async function listPage(
  db: Reads,
  actor: Actor,
  state: ListState,
  wanted: Wanted | null,
  { found, problem }: Listed,
): Promise<ListProps> {
  const counts = await countStates(db, actor)
  const is_filtered = isFiltered(state)
  const matching = is_filtered && wanted ? await countSchedules(db, actor, wanted) : null
  return {
    state,
    problem,
    lead: `${countOf(counts.enabled, 'schedule is', 'schedules are')} enabled`,
    tabs: tabLinks(state, counts),
    rows: found.rows.map((row) => listed(actor, row)),
    matches: matching ? `${formatCount(matching)} match` : null,
    is_filtered,
    present: counts.enabled + counts.disabled + counts.deleted,
    may_create: permitsSomewhere(actor.access, 'schedule.edit'),
    calendar_href: await calendarOf(db, actor),
    inherited_href: await inheritedAt(db, actor),
    actions: actionsOf(actor, state.tab),
    filter_fields: filterFieldsOf(state),
    all_that_match:
      matching === null ? `All ${formatCount(counts[state.tab])}` : allThatMatch(matching),
    next_href: found.next && listHref(state, { after: found.next }),
  }
}

const tabLinks = (state: ListState, counts: Record<ScheduleState, number>) =>
  tabs.map((tab) => ({
    label: tabLabels[tab],
    href: listHref(state, { tab, after: null }),
    count: formatCount(counts[tab]),
    current: tab === state.tab,
  }))

const listed = (actor: Actor, row: FoundSchedule): ListedSchedule => ({
  id: row.id,
  name: row.name,
  tenant_id: row.tenant_id,
  tenant_name: row.tenant_name,
  opens_tenant: permits(actor.access, 'tenant.view', row.path),
  locked: row.locked,
  times: timesInWords(row),
  zone: zoneInWords(row),
  target: targetInWords(row),
  next_at: row.state === 'enabled' ? row.next_at : null,
})

/** The calendar of All tenants, or of the reader's own tenant. */
async function calendarOf(db: Reads, actor: Actor) {
  for (const id of [ROOT_ID, actor.tenant_id])
    if ((await rightsAt(db, actor, id))('schedule.view')) return `/tenants/${id}/calendar`
  return null
}

/** The schedules as they stand for the reader's own tenant, where they do not see those above it. */
async function inheritedAt(db: Reads, actor: Actor) {
  if ((await rightsAt(db, actor, ROOT_ID))('schedule.view')) return null
  const may = await rightsAt(db, actor, actor.tenant_id)
  return may('schedule.view') ? `/tenants/${actor.tenant_id}/schedules` : null
}
