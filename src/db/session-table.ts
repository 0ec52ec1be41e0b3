import { type SqlBool, sql } from 'kysely'
import type { ComputerTab } from './computer-schema.ts'
import type { MaintenanceSessionTable } from './schedule-schema.ts'

/** What of sessions is told from one to the next when a window opens. */
type Listed = Pick<
  MaintenanceSessionTable,
  'tenant_id' | 'computer_id' | 'options_id' | 'state' | 'reason' | 'starts_at'
>

/** Sessions as a JSON list, as a table: so that one statement makes many, however many they are. */
export const sessionTable = (json: string) =>
  sql<Listed>`(
    select
      value ->> '$.tenant_id' as tenant_id, value ->> '$.computer_id' as computer_id,
      value ->> '$.options_id' as options_id, value ->> '$.state' as state,
      value ->> '$.reason' as reason, value ->> '$.starts_at' as starts_at
    from json_each(${json}))`.as('listed')

// An index of few rows is found by a query that names the states as the index does.

/** Of sessions that wait for the next window. */
export const isPostponed = sql<SqlBool>`state = 'postponed'`

/** Of sessions that are still to come in their window, or run. */
export const isLeft = sql<SqlBool>`state in ('pending', 'waiting', 'running')`

/** Of windows that are not over. */
export const isUnfinished = sql<SqlBool>`state in ('open', 'queued')`

/**
 * The tab of a computer, which no index is used for: computers that are read in the order of their
 * ids, some at a time, would else all be sorted each time.
 */
export const tabInPassing = sql<ComputerTab>`+computer.tab`
