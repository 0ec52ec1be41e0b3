import type { ExpressionBuilder } from 'kysely'
import type { Actor } from '../access/actor.ts'
import type { Reads } from '../db/connection.ts'
import { requireTenant, rightsAt } from '../access/visible.ts'
import { prepared } from '../db/prepared.ts'
import type { Schema } from '../db/schema.ts'
import { NotFound } from '../errors.ts'
import { ROOT_ID } from '../tenants/queries.ts'
import { type Sight, inSight, seesAll, sightOf, tablesHiddenAt } from './sight.ts'
import { OPERATION_COLUMNS, listTouching, touches } from './touching.ts'
import { operationInWords } from './words.ts'

/** An operation as a history lists it, with only what it changed there and the reader may see. */
export type ListedOperation = {
  id: number
  at: string
  kind: string
  /** The kind in words. */
  what: string
  actor_name: string
  reason: string | null
  undoes_id: number | null
  change_count: number
}

/** One logged row, as JSON before and after. */
export type LoggedChange = {
  id: number
  operation_id: number
  table_name: string
  row_id: number
  tenant_id: number | null
  before: string | null
  after: string | null
}

/** Operations per page of a history, and rows per page of one operation. */
const PAGE = 50
/** Rows that a history shows of each operation. */
const ROWS_SHOWN = 5
/** Before the first page: no operation has a greater id. */
const NEWEST = Number.MAX_SAFE_INTEGER

type Page = { before: number; limit: number }

const allOperations = prepared((db, { before, limit }: Page) =>
  db
    .selectFrom('operation')
    .select([...OPERATION_COLUMNS, 'operation.change_count'])
    .where('id', '<', before)
    .orderBy('id', 'desc')
    .limit(limit),
)

/** For somebody to whom a part of the tree is closed: the operations of which something is seen. */
const operationsInSight = (db: Reads, sight: Sight) =>
  db
    .selectFrom('operation')
    .select(OPERATION_COLUMNS)
    .select((eb) => countOf(eb, sight).as('change_count'))
    .where((eb) => eb.exists(changesOf(eb, sight).select('change.id')))

const pageOf = (operations: ReturnType<typeof operationsInSight>, { before, limit }: Page) =>
  operations
    .where('operation.id', '<', before)
    .orderBy('operation.id', 'desc')
    .limit(limit)
    .execute()

type InOperation = ExpressionBuilder<Schema, 'operation'>

/** What of an operation of the outer query is in sight. */
const changesOf = (eb: InOperation, sight: Sight) =>
  eb
    .selectFrom('change')
    .whereRef('change.operation_id', '=', 'operation.id')
    .where(inSight(sight, 'change'))

const countOf = (eb: InOperation, sight: Sight) =>
  changesOf(eb, sight)
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .$asScalar()

/**
 * The operations that changed something of a tenant, newest first; of "All tenants": every one of
 * which the actor may see something.
 *
 * @param before an operation id: only older ones
 * @param limit how many at most
 * @returns `next` is the `before` of the next page, null on the last
 */
export async function listOperations(
  db: Reads,
  actor: Actor,
  tenant_id: number,
  before: number = NEWEST,
  limit = PAGE,
) {
  const found = await readOperations(db, actor, tenant_id, { before, limit: limit + 1 })
  const operations = found.slice(0, limit).map(withWords)
  return { operations, next: found.length > limit ? operations.at(-1)!.id : null }
}

async function readOperations(db: Reads, actor: Actor, tenant_id: number, page: Page) {
  const tenant = await requireTenant(db, actor, 'history.view', tenant_id)
  if (tenant_id === ROOT_ID) {
    const sight = sightOf(actor)
    return seesAll(sight) ? allOperations(db, page) : pageOf(operationsInSight(db, sight), page)
  }
  const hidden = tablesHiddenAt(await rightsAt(db, actor, tenant_id))
  return listTouching(db, sightOf(actor), { ...page, tenant }, hidden)
}

const withWords = <Operation extends { kind: string }>(operation: Operation) => ({
  ...operation,
  what: operationInWords(operation.kind),
})

/**
 * The first rows that each of the given operations changed (of a tenant, unless it is the root),
 * in the order in which they were changed, as far as the actor may see them.
 */
export async function listFirstChanges(
  db: Reads,
  actor: Actor,
  tenant_id: number,
  operation_ids: number[],
): Promise<LoggedChange[]> {
  if (operation_ids.length === 0) return []
  const sight = sightOf(actor)
  return db
    .selectFrom('operation')
    .innerJoin('change', (join) =>
      join.on('change.id', 'in', (eb) =>
        eb
          .selectFrom('change as first')
          .select('first.id')
          .whereRef('first.operation_id', '=', 'operation.id')
          .where(inSight(sight, 'first'))
          .$if(tenant_id !== ROOT_ID, (query) => query.where(touches('first', tenant_id)))
          .orderBy('first.id')
          .limit(ROWS_SHOWN),
      ),
    )
    .select(CHANGE_COLUMNS)
    .where('operation.id', 'in', operation_ids)
    .where(inSight(sight, 'change'))
    .orderBy('change.id')
    .execute()
}

export const CHANGE_COLUMNS = [
  'change.id',
  'change.operation_id',
  'change.table_name',
  'change.row_id',
  'change.tenant_id',
  'change.before',
  'change.after',
] as const

const operationById = prepared((db, { id }: { id: number }) =>
  db
    .selectFrom('operation')
    .select([...OPERATION_COLUMNS, 'operation.change_count'])
    .where('id', '=', id),
)

/**
 * One operation, with how much of it the actor may see. Throws NotFound when there is none, or
 * nothing of it may be seen.
 */
export async function getOperation(db: Reads, actor: Actor, id: number): Promise<ListedOperation> {
  const sight = sightOf(actor)
  const [operation] = seesAll(sight)
    ? await operationById(db, { id })
    : await operationsInSight(db, sight).where('operation.id', '=', id).execute()
  if (!operation) throw new NotFound(`operation ${id}`)
  return withWords(operation)
}

/** Those of some operations of which the actor may see something, oldest first. */
export async function listVisible(
  db: Reads,
  actor: Actor,
  ids: number[],
): Promise<ListedOperation[]> {
  if (ids.length === 0) return []
  const found = await operationsInSight(db, sightOf(actor))
    .where('operation.id', 'in', ids)
    .orderBy('operation.id')
    .execute()
  return found.map(withWords)
}

/** The rows of an operation that the actor may see, in order, 50 at a time after the one `after`. */
export async function listChanges(db: Reads, actor: Actor, operation_id: number, after = 0) {
  const found = await db
    .selectFrom('change')
    .select(CHANGE_COLUMNS)
    .where(inSight(sightOf(actor), 'change'))
    .where('operation_id', '=', operation_id)
    .where('id', '>', after)
    .orderBy('id')
    .limit(PAGE + 1)
    .execute()
  const changes = found.slice(0, PAGE)
  return { changes, next: found.length > PAGE ? changes.at(-1)!.id : null }
}

/**
 * The changes of one row that the actor may read, newest first, each with its operation.
 *
 * @param before a change id: only older ones
 */
export async function listChangesOfRow(
  db: Reads,
  actor: Actor,
  table: string,
  row_id: number,
  before: number = NEWEST,
  limit = PAGE,
) {
  const found = await db
    .selectFrom('change')
    .innerJoin('operation', 'operation.id', 'change.operation_id')
    .select(CHANGE_COLUMNS)
    .select(['operation.at', 'operation.kind', 'operation.actor_name', 'operation.reason'])
    .select(['operation.undoes_id', (eb) => eb.lit(1).as('change_count')])
    .where('change.table_name', '=', table)
    .where('change.row_id', '=', row_id)
    .where('change.id', '<', before)
    .where(inSight(sightOf(actor), 'change'))
    .orderBy('change.id', 'desc')
    .limit(limit)
    .execute()
  return found.map(({ at, kind, actor_name, reason, undoes_id, change_count, ...change }) => ({
    ...change,
    operation: withWords({
      id: change.operation_id,
      at,
      kind,
      actor_name,
      reason,
      undoes_id,
      change_count,
    }),
  }))
}
