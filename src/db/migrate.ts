import { existsSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { CompiledQuery, Kysely, SqliteAdapter, SqliteDialect, sql } from 'kysely'
import { type MigrationProvider, Migrator } from 'kysely/migration'
import { migrations } from '../../migrations/index.ts'
import { StartupProblem } from '../errors.ts'
import { keepAuditHead } from './audit-head.ts'
import { installChangeLog } from './change-log.ts'
import { type Reads, openConnection } from './connection.ts'

/**
 * Brings the file to the schema of this program, one transaction per migration, after copying it
 * to `before-<first migration>.db` in the folder `upgrades` beside it. Refuses a file that a newer
 * program has migrated. Returns the names of the migrations applied.
 */
export async function migrate(path: string): Promise<string[]> {
  const isNew = !existsSync(path)
  const sqlite = openConnection(path)
  const kysely = new Kysely<unknown>({ dialect: new MigrationDialect({ database: sqlite }) })
  try {
    const migrator = new Migrator({ db: kysely, provider })
    refuseNewer(sqlite, path)
    const pending = (await migrator.getMigrations()).filter((migration) => !migration.executedAt)
    if (pending.length === 0) return []

    if (!isNew) await copyBefore(sqlite, path, pending[0]!.name)
    sqlite.pragma('foreign_keys = OFF')
    for (const { name } of pending) {
      const { error } = await migrator.migrateUp()
      if (error) throw new Error(`Migration ${name} failed`, { cause: error })
    }
    installChangeLog(sqlite)
    if (isNew) keepAuditHead(path, { id: 0, hash: '' })
    return pending.map(({ name }) => name)
  } finally {
    await kysely.destroy()
    // Kysely closes only what it has used.
    if (sqlite.open) sqlite.close()
  }
}

/** The migrations, each refused in its own transaction if it leaves rows that point nowhere. */
const provider: MigrationProvider = {
  async getMigrations() {
    const checked = Object.entries(migrations).map(([name, { up }]) => [
      name,
      {
        async up(db: Kysely<unknown>) {
          await up(db)
          const { rows } = await sql`pragma foreign_key_check`.execute(db)
          if (rows.length > 0) throw new Error(`${rows.length} rows point nowhere`)
        },
      },
    ])
    return Object.fromEntries(checked)
  },
}

/** Whether the database has exactly the migrations of this program. */
export async function hasCurrentSchema(db: Reads) {
  const { rows } = await db.executeQuery<{ name: string }>(
    CompiledQuery.raw('select name from kysely_migration order by name'),
  )
  return rows.map(({ name }) => name).join() === Object.keys(migrations).sort().join()
}

/** Throws StartupProblem when the file has a migration that this program does not know. */
export function refuseNewer(sqlite: ReturnType<typeof openConnection>, path: string) {
  const known = sqlite
    .prepare(`select 1 from sqlite_master where type = 'table' and name = 'kysely_migration'`)
    .get()
  if (!known) return
  const applied = sqlite.prepare('select name from kysely_migration').all() as { name: string }[]
  const unknown = applied.find(({ name }) => !(name in migrations))
  if (unknown)
    throw new StartupProblem(
      `${path} was written by a newer Tenantry (it has "${unknown.name}"). Install that version or restore a backup.`,
    )
}

async function copyBefore(sqlite: ReturnType<typeof openConnection>, path: string, first: string) {
  const folder = join(dirname(path), 'upgrades')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  await sqlite.backup(join(folder, `before-${first}.db`))
}

/** Tables are created inside the transaction, so a migration that fails leaves nothing behind. */
class MigrationDialect extends SqliteDialect {
  override createAdapter() {
    return new TransactionalAdapter()
  }
}

class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl() {
    return true
  }
}
