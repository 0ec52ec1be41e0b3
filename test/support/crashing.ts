import Database from 'better-sqlite3'
import type { Db } from '../../src/db/connection.ts'
import { writerOf } from '../../src/db/connection.ts'

const sqlite = new Database(':memory:')
const statement = Object.getPrototypeOf(sqlite.prepare('select 1')) as Record<
  'all' | 'run',
  (this: Database.Statement, ...values: unknown[]) => unknown
>
sqlite.close()

/** When a connection breaks off: how many statements it still carries out; and after, or before. */
type Fuse = { left: number; after: boolean }

const fuses = new WeakMap<Database.Database, Fuse>()

for (const method of ['all', 'run'] as const) {
  const original = statement[method]
  statement[method] = function (...values) {
    const fuse = fuses.get(this.database)
    if (!fuse || --fuse.left >= 0) return original.apply(this, values)
    if (fuse.after && this.database.open) original.apply(this, values)
    // What it had not committed is gone with it, and so is its lock.
    this.database.close()
    throw new Error('the process was killed')
  }
}

/**
 * From its statement number `at` on, the connection that writes does nothing any more, as if the
 * process had been killed just before that statement, or just after it. Returns whether it was.
 */
export function killAt(db: Db, at: number, after: boolean) {
  const { sqlite: connection } = writerOf(db)
  const fuse = { left: at, after }
  fuses.set(connection, fuse)
  return () => {
    fuses.delete(connection)
    return fuse.left < 0
  }
}

/** Counts the statements that the connection that writes carries out, until it is asked. */
export function countStatements(db: Db) {
  const { sqlite: connection } = writerOf(db)
  const many = Number.MAX_SAFE_INTEGER
  const fuse = { left: many, after: false }
  fuses.set(connection, fuse)
  return () => {
    fuses.delete(connection)
    return many - fuse.left
  }
}
