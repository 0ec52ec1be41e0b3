import type { Asker } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import { inSight, seesAll, sightOf } from './sight.ts'
import type { Referred } from './tables.ts'

/**
 * What deleted rows were called last, as the log has it: for whoever may read all of the log, and
 * nothing for others, since what is gone has no place any more by which to judge who may know it.
 */
export async function lastNames(db: Reads, asker: Asker, table: Referred, ids: number[]) {
  const sight = sightOf(asker)
  if (ids.length === 0 || !seesAll(sight)) return new Map<number, string>()
  const deletions = await db
    .selectFrom('change')
    .select(['row_id', 'before'])
    .where('table_name', '=', table)
    .where('row_id', 'in', ids)
    .where('after', 'is', null)
    .where(inSight(sight, 'change'))
    .orderBy('id')
    .execute()
  return new Map(deletions.map(({ row_id, before }) => [row_id, nameIn(before!)]))
}

const nameIn = (row: string) => (JSON.parse(row) as { name: string }).name
