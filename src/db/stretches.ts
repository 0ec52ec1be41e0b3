import type { Reads } from './connection.ts'
import { everyTenant } from './scope-guard.ts'

/** Some of the changes of an operation, by the ids of the first and the last of them. */
export type Stretch = { operation_id: number; first: number; last: number }

/** Changes that are looked at in one turn. */
const AT_ONCE = 1000

/** The changes of an operation, in stretches that can be looked at one after the other. */
export async function stretchesOf(db: Reads, operation_id: number): Promise<Stretch[]> {
  const changes = everyTenant(db)
    .selectFrom('change')
    .select('id')
    .where('operation_id', '=', operation_id)
    .limit(1)
  const start = await changes.orderBy('id').executeTakeFirst()
  const end = await changes.orderBy('id', 'desc').executeTakeFirst()
  const stretches: Stretch[] = []
  // One operation is written at a time, so its changes have their ids one after the other.
  for (let first = start?.id ?? 1; first <= (end?.id ?? 0); first += AT_ONCE)
    stretches.push({ operation_id, first, last: first + AT_ONCE - 1 })
  return stretches
}
