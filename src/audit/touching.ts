import { type Expression, type SqlBool, expressionBuilder } from 'kysely'
import type { Reads } from '../db/connection.ts'
import { prepared } from '../db/prepared.ts'
import type { Schema } from '../db/schema.ts'
import { type VisibleTenant, WHOLE_TREE, ofTenant } from '../db/scope.ts'
import { type Sight, inSight, seesAll } from './sight.ts'

// The log of one tenant: what was changed of it; what left it, to which the rows of its own that went
// to another tenant belong, and its former children; and the tenants that came to be its children.

export const OPERATION_COLUMNS = [
  'operation.id',
  'operation.at',
  'operation.kind',
  'operation.actor_name',
  'operation.reason',
  'operation.undoes_id',
] as const

type TenantPage = { tenant: VisibleTenant<'history.view'>; before: number; limit: number }

/** The columns of a change in which a tenant may stand. A change has a tenant in one of them only. */
const COLUMNS = ['tenant_id', 'left_tenant_id', 'joined_tenant_id'] as const

/** Whether a change is in the log of a tenant. `alias` is what the query calls the table. */
export function touches(alias: string, tenant_id: number): Expression<SqlBool> {
  const eb = expressionBuilder<Schema>()
  return eb.or(COLUMNS.map((column) => eb(`${alias}.${column}` as never, '=', tenant_id as never)))
}

/** The operations in the log of a tenant, newest first, with how much each changed there. */
export function listTouching(db: Reads, sight: Sight, page: TenantPage, hidden: string[]) {
  if (seesAll(sight) && hidden.length === 0) return allTouching(db, page)
  return touchingTenant(db, page, hidden, sight).execute()
}

const ALL: Sight = { scope: WHOLE_TREE, limits: [] }
const allTouching = prepared((db, page: TenantPage) => touchingTenant(db, page, [], ALL))

/**
 * Each of the inner queries reads only an index that has the operations of a tenant in order; unless
 * something of it is hidden, which it must look at the table for. Whatever is among the newest of
 * all is among the newest of each.
 */
function touchingTenant(
  db: Reads,
  { tenant, before, limit }: TenantPage,
  hidden: string[],
  sight: Sight,
) {
  const changes = (within: Expression<SqlBool>) =>
    db
      .selectFrom('change')
      .select(['operation_id', (eb) => eb.fn.countAll<number>().as('change_count')])
      .where(within)
      .where('operation_id', '<', before)
      .$if(hidden.length > 0, (query) => query.where('table_name', 'not in', hidden))
      .groupBy('operation_id')
      .orderBy('operation_id', 'desc')
      .limit(limit)
  const own = changes(ofTenant('change.tenant_id', tenant))
  const gone = changes(ofTenant('change.left_tenant_id', tenant))
  const come = changes(inSight(sight, 'change')).where('change.joined_tenant_id', '=', tenant)
  const all = [own, gone, come].map((query) => db.selectFrom(query.as('one')).selectAll())
  return db
    .selectFrom(all[0]!.unionAll(all[1]!).unionAll(all[2]!).as('touched'))
    .innerJoin('operation', 'operation.id', 'touched.operation_id')
    .select(OPERATION_COLUMNS)
    .select((eb) => eb.fn.sum<number>('touched.change_count').as('change_count'))
    .groupBy('operation.id')
    .orderBy('operation.id', 'desc')
    .limit(limit)
}
