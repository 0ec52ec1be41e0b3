import type { ExpressionBuilder } from 'kysely'
import type { Actor } from '../access/actor.ts'
import { requireTenant } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import { prepared } from '../db/prepared.ts'
import { branchOf, inScope } from '../db/scope.ts'
import type { Schema } from '../db/schema.ts'
import { idTable } from '../db/search.ts'
import { authorsMeant } from './authors.ts'
import { describeChanges, type HistoryEntry } from './history.ts'
import { type Lens, countInLens, inLens, isInLens, placeOf, showsAll } from './lens.ts'
import { CHANGE_COLUMNS, type ListedOperation } from './queries.ts'
import { sightOf } from './sight.ts'
import { OPERATION_COLUMNS } from './touching.ts'
import { operationInWords } from './words.ts'

/** Which operations somebody wants to see. */
export type HistoryFilter = {
  /** Those that changed something of this tenant, or below it. */
  tenant_id: number | null
  /** Those that changed this person, or what hangs on them. */
  person_id: number | null
  /** The name of who did it, whatever the case, or a part of it; '' for anybody. */
  by: string
  /** '' for any. */
  kind: string
  /** From this instant on, and until that one, both included. */
  from: string | null
  to: string | null
}

/** Every operation. */
export const NO_FILTER: HistoryFilter = {
  tenant_id: null,
  person_id: null,
  by: '',
  kind: '',
  from: null,
  to: null,
}

export type HistoryPage = { before: number | null; limit: number }

/** Operations, newest first; `next` is the `before` of the older ones, null where there are none. */
export type ListedOperations = { operations: ListedOperation[]; next: number | null }

/** Operations that one page looks at, where it cannot go by an index to those that are wanted. */
const WINDOW = 1000
/** With so few tenants, the operations of each are gone through in their order. */
const FEW_TENANTS = 200
/** Rows that a history shows of each operation. */
const ROWS_SHOWN = 5

/** The operations that match and of which the actor may see something, with what is seen of each. */
export async function readOperations(
  db: Reads,
  actor: Actor,
  filter: HistoryFilter,
  page: HistoryPage,
) {
  const { operations, next } = await listOperations(db, actor, filter, page)
  const lens = await lensOf(db, actor, filter)
  const ids = operations.map(({ id }) => id)
  const changes = ids.length > 0 ? await firstChanges(db, lens, ids) : []
  const described = await describeChanges(db, actor, changes)
  const entries: HistoryEntry[] = operations.map((operation) => ({
    operation,
    changes: described.filter((_, index) => changes[index]!.operation_id === operation.id),
  }))
  return { entries, next }
}

/** The same without the rows. Throws NotFound for a tenant that the actor may not see. */
export async function listOperations(
  db: Reads,
  actor: Actor,
  filter: HistoryFilter,
  { before, limit }: HistoryPage,
): Promise<ListedOperations> {
  const lens = await lensOf(db, actor, filter)
  const ids = await idsWithin(db, filter, before)
  if (!ids) return { operations: [], next: null }
  const authors = filter.by ? await authorsMeant(db, filter.by) : null
  const wanted = { ...filter, ids, authors }
  const { rows, next } = showsAll(lens)
    ? await listAll(db, wanted, limit)
    : await listMatching(db, lens, wanted, limit)
  const operations = rows.map((row) => ({ ...row, what: operationInWords(row.kind) }))
  return { operations, next }
}

/** What of the log the actor sees through a filter. Throws NotFound for a tenant that is not seen. */
export async function lensOf(
  db: Reads,
  actor: Actor,
  { tenant_id, person_id }: HistoryFilter,
): Promise<Lens> {
  const lens: Lens = { sight: sightOf(actor), branch: null, person_id }
  if (tenant_id === null) return lens
  const tenant = await requireTenant(db, actor, 'history.view', tenant_id)
  const { path } = await db
    .selectFrom('tenant')
    .select('path')
    .where(inScope(lens.sight.scope, 'tenant.path'))
    .where('id', '=', tenant)
    .executeTakeFirstOrThrow()
  return { ...lens, branch: path === '/1/' ? null : { allow: [branchOf(path)], deny: [] } }
}

/** Ids from `first` to before `before`. */
type Ids = { first: number; before: number }

/** Operations have their ids in the order of time. Undefined where none is within the times. */
async function idsWithin(
  db: Reads,
  { from, to }: HistoryFilter,
  before: number | null,
): Promise<Ids | undefined> {
  const inTime = db.selectFrom('operation').select('id').orderBy('at').orderBy('id').limit(1)
  const first = from && (await inTime.where('at', '>=', from).executeTakeFirst())
  if (from && !first) return undefined
  const later = to && (await inTime.where('at', '>', to).executeTakeFirst())
  const end = later ? later.id : Number.MAX_SAFE_INTEGER
  return { first: first ? first.id : 1, before: Math.min(before ?? end, end) }
}

type Wanted = HistoryFilter & { ids: Ids; authors: string[] | null }

/** The operations that match, newest first, whoever may see them. */
function matching(db: Reads, { authors, kind, ids }: Wanted, limit: number) {
  let query = db
    .selectFrom('operation')
    .select([...OPERATION_COLUMNS, 'operation.change_count'])
    .where('operation.id', '>=', ids.first)
    .where('operation.id', '<', ids.before)
    .orderBy('operation.id', 'desc')
    .limit(limit)
  if (authors) query = query.where((eb) => isBy(eb, authors))
  if (kind) query = query.where('operation.kind', '=', kind)
  return query
}

/** What one author did lies in its order in an index; of several, all is gone through in its order. */
function isBy(eb: ExpressionBuilder<Schema, 'operation'>, authors: string[]) {
  const small = eb.fn<string>('lower', ['operation.actor_name'])
  const [only, ...others] = authors
  if (only !== undefined && others.length === 0) return eb(small, '=', only)
  return eb(eb.fn.coalesce(small, eb.val('')), 'in', authors)
}

async function listAll(db: Reads, wanted: Wanted, limit: number) {
  const found = await matching(db, wanted, limit + 1).execute()
  const rows = found.slice(0, limit)
  return { rows, next: found.length > limit ? rows.at(-1)!.id : null }
}

/** Goes to those in the lens by an index where there is one, or else looks at one window of all. */
async function listMatching(db: Reads, lens: Lens, wanted: Wanted, limit: number) {
  const touching = await findTouching(db, lens, wanted, limit + 1)
  const window = touching
    ? matching(db, wanted, limit + 1).where('operation.id', 'in', touching)
    : matching(db, wanted, WINDOW)
  const found = await db
    .selectFrom(window.as('operation'))
    .select(OPERATION_COLUMNS)
    .select((eb) => countInLens(eb, lens).as('change_count'))
    .where((eb) => isInLens(eb, lens))
    .orderBy('operation.id', 'desc')
    .limit(limit + 1)
    .execute()
  const rows = found.slice(0, limit)
  if (found.length > limit) return { rows, next: rows.at(-1)!.id }
  return { rows, next: touching ? null : await endOfWindow(db, wanted) }
}

/** The oldest operation of a window; null when nothing is older. */
async function endOfWindow(db: Reads, wanted: Wanted) {
  const last = await matching(db, wanted, 1)
    .offset(WINDOW - 1)
    .executeTakeFirst()
  return last?.id ?? null
}

/** The newest operations that touched what the lens is about; null where no index leads to them. */
async function findTouching(db: Reads, lens: Lens, wanted: Wanted, limit: number) {
  if (lens.person_id !== null) return touchingPerson(db, lens)
  const tenants = await db
    .selectFrom('tenant')
    .select('id')
    .where(inScope(placeOf(lens), 'tenant.path'))
    .limit(FEW_TENANTS + 1)
    .execute()
  if (tenants.length > FEW_TENANTS || wanted.by || wanted.kind) return null
  const listed = JSON.stringify(tenants.map(({ id }) => id))
  return touchingTenants(db, lens, listed, wanted, limit)
}

async function touchingPerson(db: Reads, lens: Lens) {
  const changes = await db
    .selectFrom('change')
    .select('operation_id')
    .distinct()
    .where(inLens(lens, 'change'))
    .execute()
  return changes.map(({ operation_id }) => operation_id)
}

/** Steps from one operation to the next older one: at each step, one look for each tenant. */
async function touchingTenants(
  db: Reads,
  lens: Lens,
  tenants: string,
  { ids }: Wanted,
  limit: number,
) {
  const newestBefore = prepared((db, { before }: { before: number }) =>
    newestOperation(db, lens, tenants, before),
  )
  const found: number[] = []
  for (let before = ids.before; found.length < limit;) {
    const [{ newest } = { newest: null }] = await newestBefore(db, { before })
    if (newest === null || newest < ids.first) break
    found.push((before = newest))
  }
  return found
}

function newestOperation(db: Reads, lens: Lens, tenants: string, before: number) {
  const newestAt = (end: 'change.tenant_id' | 'change.left_tenant_id') =>
    db
      .selectFrom(idTable(tenants))
      .select((eb) =>
        eb
          .selectFrom('change')
          .select('change.operation_id')
          .whereRef(end, '=', 'listed.id')
          .where('change.operation_id', '<', before)
          .where(inLens(lens, 'change'))
          .orderBy('change.operation_id', 'desc')
          .limit(1)
          .as('newest'),
      )
  const places = newestAt('change.tenant_id').unionAll(newestAt('change.left_tenant_id'))
  return db.selectFrom(places.as('place')).select((eb) => eb.fn.max('place.newest').as('newest'))
}

/** The first rows in the lens of each operation, in the order in which they were changed. */
const firstChanges = (db: Reads, lens: Lens, operation_ids: number[]) =>
  db
    .selectFrom('operation')
    .innerJoin('change', (join) =>
      join.on('change.id', 'in', (eb) =>
        eb
          .selectFrom('change as first')
          .select('first.id')
          .whereRef('first.operation_id', '=', 'operation.id')
          .where(inLens(lens, 'first'))
          .orderBy('first.id')
          .limit(ROWS_SHOWN),
      ),
    )
    .select(CHANGE_COLUMNS)
    .where('operation.id', 'in', operation_ids)
    .where(inLens(lens, 'change'))
    .orderBy('change.id')
    .execute()

/** What of an operation is in the lens, in order, after the change with the id `after`. */
export const listInLens = (
  db: Reads,
  lens: Lens,
  operation_id: number,
  { after, limit }: { after: number; limit: number },
) =>
  db
    .selectFrom('change')
    .select(CHANGE_COLUMNS)
    .where(inLens(lens, 'change'))
    .where('operation_id', '=', operation_id)
    .where('id', '>', after)
    .orderBy('id')
    .limit(limit)
    .execute()
