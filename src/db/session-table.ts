import { type SqlBool, sql } from 'kysely'
import type { ComputerTab } from './computer-schema.ts'

/** Of sessions that are still to come in their window, or run. */
export const isLeft = sql<SqlBool>`state in ('pending', 'waiting', 'running')`

// An index of few rows is found by a query that names the states as the index does.

/** Of sessions that wait for the next window. */
export const isPostponed = sql<SqlBool>`state = 'postponed'`

/** The same where other tables have a state, too: the sessions are called "session". */
export const sessionIsPostponed = sql<SqlBool>`session.state = 'postponed'`

/** Of windows that detection found, and that have not begun. */
export const isFoundAhead = sql<SqlBool>`is_ahead = 1 and state = 'open'`

/** Of windows that are not over. */
export const isUnfinished = sql<SqlBool>`state in ('open', 'queued')`

/** Of every tenant: the index on paths is seen to hold only with that. */
export const hasPath = sql<SqlBool>`tenant.path <> ''`

/**
 * The tab of a computer, which no index is used for: computers that are read in the order of their
 * ids, some at a time, would else all be sorted each time.
 */
export const tabInPassing = sql<ComputerTab>`+computer.tab`
