import type { Actor } from '../access/actor.ts'
import { permits, permitsSomewhere } from '../access/decide.ts'
import { getComputer } from '../computers/queries.ts'
import type { Db } from '../db/connection.ts'
import { branchOf } from '../db/scope.ts'
import { Invalid, NotFound } from '../errors.ts'
import { findSchedule } from '../schedules/queries.ts'
import { findParent, parentText } from '../tenants/find-parent.ts'
import type { Tenant } from '../tenants/queries.ts'
import { type SessionListState, filterFieldsOf, isFiltered, listHref } from './session-list.ts'
import { type SessionRow, readSessionRows } from './session-rows.ts'
import { findSessions } from './session-search.ts'
import { sessionStates } from './words.ts'

const PAGE_SIZE = 50

/** What the list of sessions shows, wherever it stands. */
export type SessionListing = {
  /** The address of the page that it stands on. */
  path: string
  state: SessionListState
  states: typeof sessionStates
  rows: SessionRow[]
  /** What is wrong with the filter, or ''. */
  problem: string
  is_filtered: boolean
  /** What only some sessions are of, with the address of the list without that. */
  about: { label: string; href: string }[]
  here_href: string
  next_href: string | null
  may_cancel: boolean
  /** The fields that say the filter again, for a selection. */
  filter_fields: string[][]
  /** Whose page it stands on. */
  at: 'everywhere' | 'tenant' | 'schedule'
}

/** Where a list stands: on a page of its own, of a tenant, or of a schedule. */
export type Standpoint = { path: string; tenant?: Tenant; schedule_id?: number }

/** The list of sessions in a state, as it stands on a page. */
export async function listingOf(
  db: Db,
  actor: Actor,
  state: SessionListState,
  { path, tenant, schedule_id }: Standpoint,
): Promise<SessionListing> {
  const href = (changes: Partial<SessionListState>) => listHref(path, state, changes)
  const common = {
    path,
    state,
    states: sessionStates,
    is_filtered: isFiltered(state),
    about: await describeAbout(db, actor, state, href),
    here_href: href({}),
    may_cancel: permitsSomewhere(actor.access, 'schedule.run'),
    filter_fields: filterFieldsOf({
      ...state,
      tenant: tenant ? await parentText(db, actor, tenant.id) : state.tenant,
      schedule: schedule_id ?? state.schedule,
    }),
    at: tenant ? 'tenant' : schedule_id === undefined ? 'everywhere' : 'schedule',
  } as const
  try {
    const wanted = tenant
      ? wantedOf(state, tenant, schedule_id)
      : { ...(await resolveFilter(db, actor, state)), ...(schedule_id && { schedule_id }) }
    const page = { limit: PAGE_SIZE, after: state.after }
    const { ids, next } = await findSessions(db, actor, wanted, page)
    const rows = await readSessionRows(db, actor, ids)
    return { ...common, rows, problem: '', next_href: next === null ? null : href({ after: next }) }
  } catch (error) {
    if (!(error instanceof Invalid)) throw error
    return { ...common, rows: [], problem: Object.values(error.fields).join(' '), next_href: null }
  }
}

/** What a filter asks for, wherever the list stands. Throws Invalid at `tenant`. */
export async function resolveFilter(db: Db, actor: Actor, state: SessionListState) {
  const typed = state.tenant ? await findTenant(db, actor, state.tenant) : undefined
  return wantedOf(state, typed)
}

/** The tenant that is typed. Throws Invalid at `tenant`. */
async function findTenant(db: Db, actor: Actor, text: string) {
  try {
    return await findParent(db, actor, text)
  } catch (error) {
    if (!(error instanceof Invalid)) throw error
    throw new Invalid({
      tenant: 'There is no such tenant, or more than one. Choose from the list.',
    })
  }
}

const wantedOf = (
  { state, only, schedule, computer, window, from, to }: SessionListState,
  tenant: Tenant | undefined,
  schedule_id = schedule,
) => ({
  state,
  tenant: tenant ? { id: tenant.id, branch: branchOf(tenant.path), only } : null,
  schedule_id,
  computer_id: computer,
  window_id: window,
  from: from && `${from}T00:00:00.000Z`,
  before: to && dayAfter(to),
})

const dayAfter = (day: string) =>
  `${Temporal.PlainDate.from(day).add({ days: 1 }).toString()}T00:00:00.000Z`

/** What cannot be chosen in the filter, but came with the address. */
async function describeAbout(
  db: Db,
  actor: Actor,
  { schedule, computer, window }: SessionListState,
  href: (changes: Partial<SessionListState>) => string,
) {
  const about = []
  const cleared = { after: null }
  if (schedule !== null) {
    const found = await findSchedule(db, schedule)
    const sees = found && permits(actor.access, 'schedule.view', found.path)
    const label = sees ? `Schedule “${found.name}”` : `Schedule ${schedule}`
    about.push({ label, href: href({ ...cleared, schedule: null }) })
  }
  if (computer !== null) {
    const name = await nameOfComputer(db, actor, computer)
    about.push({ label: `Computer ${name}`, href: href({ ...cleared, computer: null }) })
  }
  if (window !== null)
    about.push({ label: `Window ${window}`, href: href({ ...cleared, window: null }) })
  return about
}

/** The name of a computer; only its number where the asker does not see it. */
async function nameOfComputer(db: Db, actor: Actor, id: number) {
  try {
    return (await getComputer(db, actor, id)).name
  } catch (error) {
    if (!(error instanceof NotFound)) throw error
    return String(id)
  }
}
