import type { Actor } from '../access/actor.ts'
import type { Reads } from '../db/connection.ts'
import { inSight, sightOf } from './sight.ts'
import { loggedTables } from './tables.ts'

/** How many rows of one kind an operation changed. */
export type Total = { label: string; count: number }

/** Of an operation of more rows nobody counts them: it would take longer than a page may. */
const COUNTED = 200_000

/** What an operation changed that the actor may see, by kind of row; empty where it is too much. */
export async function totalsOf(
  db: Reads,
  actor: Actor,
  operation: { id: number; change_count: number },
): Promise<Total[]> {
  if (operation.change_count > COUNTED) return []
  const counts = await db
    .selectFrom('change')
    .select(['table_name', (eb) => eb.fn.countAll<number>().as('count')])
    .where('operation_id', '=', operation.id)
    .where(inSight(sightOf(actor), 'change'))
    .groupBy('table_name')
    .orderBy('count', 'desc')
    .orderBy('table_name')
    .execute()
  return counts.map(({ table_name, count }) => ({
    label: loggedTables[table_name]?.label ?? table_name,
    count,
  }))
}
