import { type Expression, type ExpressionBuilder, type SqlBool, expressionBuilder } from 'kysely'
import type { Schema } from '../db/schema.ts'
import { type Scope, atEitherEnd, inScope } from '../db/scope.ts'
import { type Sight, inSight, seesAll } from './sight.ts'

/** Which changes a history is about: what the reader sees, and of that what was asked for. */
export type Lens = {
  sight: Sight
  /** A tenant with all below it. */
  branch: Scope | null
  person_id: number | null
}

/** Whether the lens leaves nothing out. */
export const showsAll = ({ sight, branch, person_id }: Lens) =>
  seesAll(sight) && branch === null && person_id === null

/** The part of the tree that the lens is about. */
export const placeOf = ({ sight, branch }: Lens) => branch ?? sight.scope

/**
 * Confines a query to the changes in the lens. `alias` is what it calls the table. What moved is in
 * that of the tenant which it left, too.
 */
export function inLens({ sight, branch, person_id }: Lens, alias: string): Expression<SqlBool> {
  const eb = expressionBuilder<Schema>()
  return eb.and([
    inSight(sight, alias),
    ...(branch ? [atEitherEnd(alias, (column) => inScope(branch, column))] : []),
    ...(person_id === null ? [] : [eb(`${alias}.person_id` as never, '=', person_id as never)]),
  ])
}

type InOperation = ExpressionBuilder<Schema, 'operation'>

/** What of an operation of the outer query is in the lens: found among all that it changed. */
const byOperation = (eb: InOperation, lens: Lens) =>
  eb
    .selectFrom('change')
    .whereRef('change.operation_id', '=', 'operation.id')
    .where(inLens(lens, 'change'))

/** Where a change names a tenant: the one whose row it is, or the one that the row left. */
type End = 'change.tenant_id' | 'change.left_tenant_id'

/**
 * The same, found at each tenant of the lens. A cross join, since SQLite keeps its order: one look
 * at an index for each tenant, however much the operation changed elsewhere.
 */
const byTenant = (eb: InOperation, lens: Lens, end: End) =>
  eb
    .selectFrom('tenant as place')
    .crossJoin('change')
    .where(inScope(placeOf(lens), 'place.path'))
    .whereRef(end, '=', 'place.id')
    .whereRef('change.operation_id', '=', 'operation.id')
    .where(inLens(lens, 'change'))

/** What left a tenant of the lens for one that is not in it: the others are found where they are. */
const goneFromLens = (eb: InOperation, lens: Lens) =>
  byTenant(eb, lens, 'change.left_tenant_id').where((eb) =>
    eb.not(inScope(placeOf(lens), 'change.tenant_id')),
  )

/** An operation of more changes is looked into tenant by tenant. */
const LARGE = 5000

/** Changes are counted up to so many in a list. */
const COUNTED = 1000

/** Whether anything of the operation is in the lens. */
export function isInLens(eb: InOperation, lens: Lens) {
  // What concerns a person has an index of its own.
  if (lens.person_id !== null) return eb.exists(byOperation(eb, lens).select('change.id'))
  return eb.or([
    eb.and([
      eb('operation.change_count', '<=', LARGE),
      eb.exists(byOperation(eb, lens).select('change.id')),
    ]),
    eb.and([
      eb('operation.change_count', '>', LARGE),
      eb.or([
        eb.exists(byTenant(eb, lens, 'change.tenant_id').select('change.id')),
        eb.exists(byTenant(eb, lens, 'change.left_tenant_id').select('change.id')),
      ]),
    ]),
  ])
}

/** How many changes of the operation are in the lens, up to `COUNTED`. */
export function countInLens(eb: InOperation, lens: Lens) {
  const among_all = counted(eb, byOperation(eb, lens).select('change.id').limit(COUNTED))
  if (lens.person_id !== null) return among_all
  const there = byTenant(eb, lens, 'change.tenant_id').select('change.id')
  const gone = goneFromLens(eb, lens).select('change.id')
  return eb
    .case()
    .when('operation.change_count', '<=', LARGE)
    .then(among_all)
    .else(counted(eb, there.unionAll(gone).limit(COUNTED)))
    .end()
}

const counted = (eb: InOperation, changes: ReturnType<typeof withIds>) =>
  eb
    .selectFrom(changes.as('counted'))
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .$asScalar()

/** Only for its type: changes with their ids. */
const withIds = (eb: InOperation) => eb.selectFrom('change').select('change.id')
