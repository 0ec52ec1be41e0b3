import type { Actor } from '../access/actor.ts'
import type { Reads } from '../db/connection.ts'
import { type DescribedChange, describeChange, referencesIn } from './describe.ts'
import { type ReadableChange, withoutHiddenEnds } from './ends.ts'
import { readNames } from './names.ts'
import {
  listChangesOfRow,
  listFirstChanges,
  listOperations,
  type ListedOperation,
  type LoggedChange,
} from './queries.ts'

/** An operation with the first of the rows that it changed, in words. */
export type HistoryEntry = { operation: ListedOperation; changes: DescribedChange[] }

/** One page of a tenant's history, newest first. `next` goes on to the older ones. */
export async function readHistory(
  db: Reads,
  actor: Actor,
  tenant_id: number,
  before?: number,
  limit?: number,
) {
  const { operations, next } = await listOperations(db, actor, tenant_id, before, limit)
  const ids = operations.map((operation) => operation.id)
  const changes = await listFirstChanges(db, actor, tenant_id, ids)
  const described = await describeChanges(db, actor, changes)
  const entries: HistoryEntry[] = operations.map((operation) => ({
    operation,
    changes: described.filter((_, index) => changes[index]!.operation_id === operation.id),
  }))
  return { entries, next }
}

/** The last five operations that changed something of a tenant. */
export async function readRecent(db: Reads, actor: Actor, tenant_id: number) {
  const { entries } = await readHistory(db, actor, tenant_id, undefined, 5)
  return entries
}

/** Changes in words, in their order, as far as the actor may read each of them. */
export async function describeChanges(db: Reads, actor: Actor, changes: LoggedChange[]) {
  return inWords(db, actor, await withoutHiddenEnds(db, actor, changes))
}

/** The same, as they would look when they are taken back. */
export async function describeReversals(db: Reads, actor: Actor, changes: LoggedChange[]) {
  const readable = await withoutHiddenEnds(db, actor, changes)
  return inWords(db, actor, readable.map(turnRound))
}

const turnRound = (change: ReadableChange): ReadableChange => ({
  ...change,
  before: change.after,
  after: change.before,
})

/** One query for all names of a kind. */
async function inWords(db: Reads, actor: Actor, changes: ReadableChange[]) {
  const names = await readNames(db, actor, changes.flatMap(referencesIn))
  return changes.map((change) => describeChange(change, names))
}

/** How many changes of one row a page shows. */
const ROWS = 50

/**
 * What happened to one row, newest first: each change with the operation that it was part of. The
 * changes are those at tenants whose history the actor may see.
 */
export async function readRowHistory(
  db: Reads,
  actor: Actor,
  table: 'computer' | 'computer_group' | 'schedule',
  row_id: number,
  before?: number,
) {
  const logged = await listChangesOfRow(db, actor, table, row_id, before, ROWS + 1)
  const shown = logged.slice(0, ROWS)
  const described = await describeChanges(db, actor, shown)
  const entries: HistoryEntry[] = shown.map(({ operation }, index) => ({
    operation,
    changes: [described[index]!],
  }))
  return { entries, next: logged.length > ROWS ? shown.at(-1)!.id : null }
}
