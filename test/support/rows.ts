import Database from 'better-sqlite3'
import type { Test } from 'tap'
import { type Db, openConnection } from '../../src/db/connection.ts'
import { tables } from '../../src/db/tables.ts'

/** Every row of every logged table, by table: the state of things, as it lies in the file. */
export function readState(db: Pick<Db, 'path'>) {
  return withFile(db.path!, (sqlite) =>
    Object.fromEntries(
      Object.keys(tables)
        .filter((table) => tables[table as keyof typeof tables].tenant_column)
        .map((table) => [table, sqlite.prepare(`select * from ${table} order by id`).all()]),
    ),
  )
}

/** Uses the file as somebody would who goes past the program. */
export function withFile<T>(path: string, use: (sqlite: Database.Database) => T): T {
  const sqlite = new Database(path)
  try {
    return use(sqlite)
  } finally {
    sqlite.close()
  }
}

/**
 * Says whether anything was written to the file since this was called: much sooner than by reading
 * all of it.
 */
export function watchForWrites(t: Test, path: string) {
  const observer = openConnection(path, { readonly: true })
  t.teardown(() => observer.close())
  const version = () => observer.pragma('data_version', { simple: true })
  const before = version()
  return () => version() !== before
}
