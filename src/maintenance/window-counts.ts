import { type Asker, visibleScope } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import type { SessionState } from '../db/schedule-schema.ts'
import { inScope } from '../db/scope.ts'
import { idsIn } from '../db/search.ts'
import { sessionStates, statesInOrder, toneOf } from './words.ts'

/** How many sessions of a window there are in one state, as a page shows it. */
export type StateCount = {
  state: SessionState
  label: string
  tone: string
  count: number
  /** Why, for those that did not run: each reason once. */
  reasons: string[]
}

const DID_NOT_RUN = new Set<SessionState>(['cancelled', 'postponed', 'missed', 'skipped'])

/** Sessions that are looked at for their reasons. */
const LOOKED_AT = 2000
const MOST_REASONS = 10

/** What became of the sessions of a window that the asker may see, state by state. */
export async function countStates(db: Reads, asker: Asker, window_id: number) {
  const rows = await sessionsOf(db, asker, window_id)
    .select('session.state')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .groupBy('session.state')
    .execute()
  const counts: StateCount[] = []
  for (const state of statesInOrder) {
    const found = rows.find((row) => row.state === state)
    if (!found) continue
    const reasons = DID_NOT_RUN.has(state) ? await reasonsOf(db, asker, window_id, state) : []
    const look = { state, label: sessionStates[state], tone: toneOf(state) }
    counts.push({ ...look, count: found.count, reasons })
  }
  return counts
}

async function reasonsOf(db: Reads, asker: Asker, window_id: number, state: SessionState) {
  const rows = await db
    .selectFrom(
      sessionsOf(db, asker, window_id)
        .select('session.reason')
        .where('session.state', '=', state)
        .limit(LOOKED_AT)
        .as('some'),
    )
    .select('reason')
    .distinct()
    .limit(MOST_REASONS)
    .execute()
  return rows.map(({ reason }) => reason).filter(Boolean)
}

const sessionsOf = (db: Reads, asker: Asker, window_id: number) =>
  db
    .selectFrom('maintenance_session as session')
    .where('session.window_id', '=', window_id)
    .where(inScope(visibleScope(asker, 'schedule.view'), 'session.tenant_id'))

/** How many sessions of one of several windows there are in one state. */
export type Tally = { state: SessionState; label: string; count: number }

/** The sessions of each of some windows that the asker may see, counted by state, in their order. */
export async function tallyWindows(db: Reads, asker: Asker, window_ids: number[]) {
  const rows = await db
    .selectFrom('maintenance_session as session')
    .select(['session.window_id', 'session.state', (eb) => eb.fn.countAll<number>().as('count')])
    .where('session.window_id', 'in', idsIn(window_ids))
    .where(inScope(visibleScope(asker, 'schedule.view'), 'session.tenant_id'))
    .groupBy(['session.window_id', 'session.state'])
    .execute()
  const tallies = rows
    .map(({ state, ...row }) => ({ ...row, state, label: sessionStates[state] }))
    .toSorted((one, other) => statesInOrder.indexOf(one.state) - statesInOrder.indexOf(other.state))
  return Map.groupBy(tallies, ({ window_id }) => window_id) as Map<number, Tally[]>
}
