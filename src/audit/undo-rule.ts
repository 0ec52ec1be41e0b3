import type { Actor } from '../access/actor.ts'
import type { Permission } from '../access/permissions.ts'
import type { Tx } from '../db/operation.ts'
import type { LoggedRow, Reversal } from '../db/undo.ts'

/** The undo that is under way. */
export type Undoing = {
  tx: Tx
  actor: Actor
  /**
   * Throws unless the actor has the permission at the tenant as it is at this moment: before
   * anything is taken back, or after all of it.
   */
  require(permission: Permission, tenant_id: LoggedRow[string] | undefined): Promise<void>
  /** Where tenants were that move: noted before anything is taken back, for what is asked after. */
  places: Map<number, string>
}

/**
 * What it takes to take back a change of a row: what the change itself would take, at the tenant
 * where the row is and at the one where it will be.
 */
export type UndoRule = {
  /** Whoever has none of these anywhere is not offered it. */
  permissions: Permission[]
  /** Before anything is taken back, of a row that is there. */
  leave?(undoing: Undoing, now: LoggedRow, former: LoggedRow | null): Promise<void>
  /** After all was taken back, of a row that is there again. */
  arrive?(undoing: Undoing, former: LoggedRow, now: LoggedRow | null): Promise<void>
  /**
   * After all was taken back, of rows of the table, some at a time: brings along what is not logged,
   * or refuses what does not fit.
   */
  settle?(undoing: Undoing, some: Reversal[]): Promise<void>
}

/** Why changes of a table are never taken back. */
export type Final = {
  final: string
  /** What was deleted stays so when the rest of its operation is taken back. */
  stays_deleted?: true
  /** What it takes where the row only went along to another tenant, or to another person. */
  along?: UndoRule
}

const PLACE = new Set(['tenant_id', 'person_id'])

/** Whether all that was done to a row is that it went along with what it belongs to. */
export function wentAlong({ now, former }: Reversal) {
  const columns = now && former ? changedColumns(now, former) : []
  return columns.length > 0 && columns.every((name) => PLACE.has(name))
}

/** The columns in which two versions of a row differ, but for its version. */
export const changedColumns = (now: LoggedRow, former: LoggedRow) =>
  Object.keys(former).filter((name) => name !== 'version' && now[name] !== former[name])
