import { setTimeout as wait } from 'node:timers/promises'
import { type Kysely, sql } from 'kysely'
import { Busy } from '../errors.ts'
import type { Schema } from './schema.ts'

const FIRST_DELAY_MS = 2
const LONGEST_DELAY_MS = 100

/**
 * Begins a transaction that may write. While another process holds SQLite's lock it tries again,
 * with pauses in which everything else goes on, until `give_up_at` (as `performance.now()` counts);
 * then it throws Busy.
 */
export async function beginWriting(kysely: Kysely<Schema>, give_up_at: number) {
  for (let delay = FIRST_DELAY_MS; ; delay = Math.min(delay * 2, LONGEST_DELAY_MS)) {
    if (await tryToBegin(kysely)) return
    if (performance.now() + delay > give_up_at)
      throw new Busy('Another program has been writing to the data for too long. Try again soon.')
    await wait(delay)
  }
}

async function tryToBegin(kysely: Kysely<Schema>) {
  try {
    await sql`begin immediate`.execute(kysely)
    return true
  } catch (error) {
    const { code = '' } = error as { code?: string }
    if (code.startsWith('SQLITE_BUSY')) return false
    throw error
  }
}
