import type { Actor } from '../access/actor.ts'
import type { Reads } from '../db/connection.ts'
import { prepared } from '../db/prepared.ts'
import { NotFound } from '../errors.ts'
import { getTenant, ROOT_ID } from '../tenants/queries.ts'
import { operationInWords } from './words.ts'

/** An operation as a history lists it; of a tenant, with only what it changed there. */
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
type TenantPage = Page & { tenant_id: number }

const OPERATION_COLUMNS = [
  'operation.id',
  'operation.at',
  'operation.kind',
  'operation.actor_name',
  'operation.reason',
  'operation.undoes_id',
] as const

const allOperations = prepared((db, { before, limit }: Page) =>
  db
    .selectFrom('operation')
    .select([...OPERATION_COLUMNS, 'operation.change_count'])
    .where('id', '<', before)
    .orderBy('id', 'desc')
    .limit(limit),
)

/** The inner query reads only the index change_tenant, which has the operations in order. */
const tenantOperations = prepared((db, { tenant_id, before, limit }: TenantPage) =>
  db
    .selectFrom((eb) =>
      eb
        .selectFrom('change')
        .select(['operation_id', (eb) => eb.fn.countAll<number>().as('change_count')])
        .where('tenant_id', '=', tenant_id)
        .where('operation_id', '<', before)
        .groupBy('operation_id')
        .orderBy('operation_id', 'desc')
        .limit(limit)
        .as('touched'),
    )
    .innerJoin('operation', 'operation.id', 'touched.operation_id')
    .select([...OPERATION_COLUMNS, 'touched.change_count'])
    .orderBy('operation.id', 'desc'),
)

/**
 * The operations that changed something of a tenant, newest first; of "All tenants": every one.
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
  await getTenant(db, actor, tenant_id)
  const found = await readOperations(db, tenant_id, { before, limit: limit + 1 })
  const operations = found.slice(0, limit)
  return { operations, next: found.length > limit ? operations.at(-1)!.id : null }
}

async function readOperations(
  db: Reads,
  tenant_id: number,
  page: Page,
): Promise<ListedOperation[]> {
  const operations =
    tenant_id === ROOT_ID
      ? await allOperations(db, page)
      : await tenantOperations(db, { ...page, tenant_id })
  return operations.map(withWords)
}

const withWords = <Operation extends { kind: string }>(operation: Operation) => ({
  ...operation,
  what: operationInWords(operation.kind),
})

/**
 * The first rows that each of the given operations changed (of a tenant, unless it is the root),
 * in the order in which they were changed.
 */
export async function listFirstChanges(
  db: Reads,
  tenant_id: number,
  operation_ids: number[],
): Promise<LoggedChange[]> {
  if (operation_ids.length === 0) return []
  return db
    .selectFrom('operation')
    .innerJoin('change', (join) =>
      join.on('change.id', 'in', (eb) =>
        eb
          .selectFrom('change as first')
          .select('first.id')
          .whereRef('first.operation_id', '=', 'operation.id')
          .$if(tenant_id !== ROOT_ID, (query) => query.where('first.tenant_id', '=', tenant_id))
          .orderBy('first.id')
          .limit(ROWS_SHOWN),
      ),
    )
    .select(CHANGE_COLUMNS)
    .where('operation.id', 'in', operation_ids)
    .orderBy('change.id')
    .execute()
}

const CHANGE_COLUMNS = [
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

/** One operation. Throws NotFound when there is none. */
export async function getOperation(db: Reads, _actor: Actor, id: number): Promise<ListedOperation> {
  const [operation] = await operationById(db, { id })
  if (!operation) throw new NotFound(`operation ${id}`)
  return withWords(operation)
}

type ChangePage = { operation_id: number; after: number; limit: number }

const changesOfOperation = prepared((db, { operation_id, after, limit }: ChangePage) =>
  db
    .selectFrom('change')
    .select(CHANGE_COLUMNS)
    .where('operation_id', '=', operation_id)
    .where('id', '>', after)
    .orderBy('id')
    .limit(limit),
)

/** The rows that an operation changed, in order, 50 at a time after the change `after`. */
export async function listChanges(db: Reads, _actor: Actor, operation_id: number, after = 0) {
  const found = await changesOfOperation(db, { operation_id, after, limit: PAGE + 1 })
  const changes = found.slice(0, PAGE)
  return { changes, next: found.length > PAGE ? changes.at(-1)!.id : null }
}

/** The names of tenants, as far as they still exist, by id. */
export async function findTenantNames(db: Reads, ids: Iterable<number>) {
  const wanted = [...new Set(ids)]
  if (wanted.length === 0) return new Map<number, string>()
  const tenants = await db
    .selectFrom('tenant')
    .select(['id', 'name'])
    .where('id', 'in', wanted)
    .execute()
  return new Map(tenants.map(({ id, name }) => [id, name]))
}
