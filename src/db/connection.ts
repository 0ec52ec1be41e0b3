import type Database from 'better-sqlite3'
import { Kysely, SqliteAdapter, SqliteDialect } from 'kysely'
import type { Schema } from './schema.ts'
import { scopeGuard } from './scope-guard.ts'
import { openSqlite } from './native-binding.ts'

/** What both a plain Db and an open operation can do: read. */
export type Reads = Pick<
  Kysely<Schema>,
  'selectFrom' | 'selectNoFrom' | 'with' | 'withRecursive' | 'executeQuery' | 'fn'
>

/** The clock of the whole program: an ISO-8601 instant in UTC with milliseconds. */
export type Clock = () => string

export const systemClock: Clock = () => new Date().toISOString()

/**
 * An open database. It reads; it cannot write: for that, open an operation (`operation.ts`), or
 * `system` for the machinery's own tables.
 */
export type Db = Reads & {
  now: Clock
  /** Null for a database in memory. */
  path: string | null
  /** Told of what goes wrong beside a write that has happened; said on stderr by default. */
  onTrouble(trouble: Error): void
  close(): Promise<void>
}

type Writer = {
  kysely: Kysely<Schema>
  sqlite: Database.Database
  /** How long a write waits for another process that writes, in milliseconds. */
  patience_ms: number
}

const writers = new WeakMap<Db, Writer>()

/** The one connection that writes. Only for files in `src/db/`. */
export function writerOf(db: Db) {
  const writer = writers.get(db)
  if (!writer) throw new Error('this database is closed, or was not opened by openDatabase')
  return writer
}

/** SQLite waits within a call, and with it the whole process: what may be waited for there. */
const READ_WAIT_MS = 100
/** None: who waits for the lock to write does so between calls (`write-lock.ts`). */
const WRITE_WAIT_MS = 0
/**
 * A large operation touches every index in many places. With SQLite's own 2 MB it writes out pages
 * that it reads back a moment later. Only what is used is taken.
 */
const WRITE_CACHE_KIB = 16_384

/**
 * Opens a database file with one connection that reads and one that writes, so that no reader
 * waits for a writer. A write waits `patience_ms` for another process that writes.
 */
export function openDatabase(
  path: string,
  now: Clock = systemClock,
  { patience_ms = 15_000 } = {},
): Db {
  const writing = openConnection(path)
  writing.pragma(`busy_timeout = ${WRITE_WAIT_MS}`)
  writing.pragma(`cache_size = -${WRITE_CACHE_KIB}`)
  writing.pragma('temp_store = memory')
  const reading = openConnection(path)
  reading.pragma(`busy_timeout = ${READ_WAIT_MS}`)
  reading.pragma('query_only = ON')
  const reader = new Kysely<Schema>({
    dialect: new ReadingDialect({ database: remember(reading) }),
    plugins: [scopeGuard],
  })
  const writer = new Kysely<Schema>({
    dialect: new SqliteDialect({ database: remember(writing) }),
    plugins: [scopeGuard],
  })
  const db: Db = Object.assign(reader, {
    now,
    path,
    onTrouble: ({ message }: Error) => console.error(`tenantry: ${message}`),
    async close() {
      await reader.destroy()
      await writer.destroy()
      if (reading.open) reading.close()
      if (writing.open) writing.close()
    },
  })
  writers.set(db, { kysely: writer, sqlite: writing, patience_ms })
  return db
}

/** Moves what the write-ahead log holds into the file, and empties the log if nobody reads it. */
export function checkpoint(db: Db) {
  const { sqlite } = writerOf(db)
  sqlite.pragma('busy_timeout = 1000')
  sqlite.pragma('wal_checkpoint(TRUNCATE)')
  sqlite.pragma(`busy_timeout = ${WRITE_WAIT_MS}`)
}

/** One SQLite connection with the settings that every connection has. Waits 5 s for a lock. */
export function openConnection(path: string, options: Database.Options = {}) {
  const sqlite = openSqlite(path, options)
  if (!options.readonly) {
    sqlite.pragma('journal_mode = WAL')
    // After switching to WAL the library is at NORMAL, which may lose commits with the power.
    sqlite.pragma('synchronous = FULL')
    sqlite.pragma('journal_size_limit = 67108864')
  }
  sqlite.pragma('foreign_keys = ON')
  sqlite.pragma('busy_timeout = 5000')
  sqlite.pragma('trusted_schema = OFF')
  // Counts are passed from child to parent by a trigger that fires itself.
  sqlite.pragma('recursive_triggers = ON')
  return sqlite
}

/** Keeps prepared statements by their text: preparing costs more than most of our queries. */
function remember(sqlite: Database.Database) {
  const statements = new Map<string, Database.Statement>()
  return {
    prepare(sql: string) {
      let statement = statements.get(sql)
      if (!statement) {
        if (statements.size >= 500) statements.clear()
        statements.set(sql, (statement = sqlite.prepare(sql)))
      }
      return statement
    },
    close: () => void sqlite.close(),
  }
}

/** Reads are synchronous and keep no state, so they need not queue for the connection. */
class ReadingDialect extends SqliteDialect {
  override createAdapter() {
    return new ReadingAdapter()
  }
}

class ReadingAdapter extends SqliteAdapter {
  override get supportsMultipleConnections() {
    return true
  }
}
