import { type Asker, visibleScope } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import { inScope } from '../db/scope.ts'
import { everyTenant } from '../db/scope-guard.ts'
import { idTable } from '../db/search.ts'
import { orderIn } from './place.ts'

/**
 * Who gave these orders about maintenance, by the id of the order: the names of those people whom
 * the asker may see.
 */
export async function authorsOf(db: Reads, asker: Asker, order_ids: number[]) {
  if (order_ids.length === 0) return new Map<number, string>()
  const given = await everyTenant(db)
    .selectFrom(idTable(JSON.stringify(order_ids)))
    .innerJoin('change', (join) =>
      join
        .onRef('change.row_id', '=', 'listed.id')
        .on('change.table_name', '=', 'maintenance_order'),
    )
    .innerJoin('operation', 'operation.id', 'change.operation_id')
    .select(['change.row_id', 'operation.actor_id'])
    .where('change.before', 'is', null)
    .execute()
  const ids = [...new Set(given.flatMap(({ actor_id }) => actor_id ?? []))]
  const people = await db
    .selectFrom('person')
    .select(['id', 'name'])
    .where('id', 'in', ids)
    .where(inScope(visibleScope(asker, 'person.view'), 'person.tenant_id'))
    .execute()
  const names = new Map(people.map(({ id, name }) => [id, name]))
  return new Map(
    given.flatMap(({ row_id, actor_id }): [number, string][] => {
      const name = actor_id === null ? undefined : names.get(actor_id)
      return name === undefined ? [] : [[row_id, name]]
    }),
  )
}

/** Who ran a window; null where its time came, or where that is not to be told. */
export async function ranBy(db: Reads, asker: Asker, { local_start }: { local_start: string }) {
  const order = orderIn(local_start)
  return order === null ? null : ((await authorsOf(db, asker, [order])).get(order) ?? null)
}

/**
 * Who cancelled a window, or a session of it, at the instant `at`; null where that is not to be told,
 * or where it ended so for another reason.
 */
export async function cancelledBy(
  db: Reads,
  asker: Asker,
  { window_id, session_id, at }: { window_id: number; session_id?: number; at: string | null },
) {
  if (at === null) return null
  const order = await everyTenant(db)
    .selectFrom('maintenance_order as ordered')
    .innerJoin('change', (join) =>
      join
        .onRef('change.row_id', '=', 'ordered.id')
        .on('change.table_name', '=', 'maintenance_order'),
    )
    .innerJoin('operation', 'operation.id', 'change.operation_id')
    .select('ordered.id')
    .where('ordered.window_id', '=', window_id)
    .where('ordered.verb', '<>', 'run')
    .where('operation.at', '=', at)
    .where((eb) =>
      eb.or([
        eb('ordered.session_id', 'is', null),
        eb('ordered.session_id', '=', session_id ?? null),
      ]),
    )
    .limit(1)
    .executeTakeFirst()
  return order ? ((await authorsOf(db, asker, [order.id])).get(order.id) ?? null) : null
}
