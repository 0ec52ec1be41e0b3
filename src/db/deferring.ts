import { type Kysely, sql } from 'kysely'
import type { Tx } from './operation.ts'

/** Until the transaction ends, rows may point at what is not there yet: it is looked at in the end. */
export const deferReferences = (tx: Tx) =>
  sql`pragma defer_foreign_keys = on`.execute(tx as unknown as Kysely<unknown>)
