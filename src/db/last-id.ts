import { type Kysely, sql } from 'kysely'
import type { Tx } from './operation.ts'
import type { Schema } from './schema.ts'

/** The highest id that a row of a table ever had, gone or not: those above it are free. */
export async function lastIdOf(tx: Tx, table: keyof Schema): Promise<number> {
  const { rows } = await sql<{ seq: number }>`
    select seq from sqlite_sequence where name = ${table}`.execute(tx as unknown as Kysely<unknown>)
  return rows[0]?.seq ?? 0
}
