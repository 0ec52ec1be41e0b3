import { type Kysely, sql } from 'kysely'
import type { Tx } from './operation.ts'

/** A part of an operation: does all of it, or throws and leaves nothing of it. */
export async function allOrNothing<T>(tx: Tx, write: () => Promise<T>): Promise<T> {
  const kysely = tx as unknown as Kysely<unknown>
  await sql`savepoint part`.execute(kysely)
  try {
    return await write()
  } catch (error) {
    await sql`rollback to part`.execute(kysely)
    throw error
  } finally {
    await sql`release part`.execute(kysely)
  }
}
