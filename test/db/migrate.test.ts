import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Kysely, sql } from 'kysely'
import t, { type Test } from 'tap'
import { migrations } from '../../migrations/index.ts'
import { migrate } from '../../src/db/migrate.ts'
import { StartupProblem } from '../../src/errors.ts'
import { withFile } from '../support/rows.ts'

/** Adds migrations to those of the program for the length of a test. */
function addMigration(t: Test, name: string, up: (db: Kysely<unknown>) => Promise<unknown>) {
  migrations[name] = { up: async (db) => void (await up(db)) }
  t.teardown(() => delete migrations[name])
}

const listTables = (path: string) =>
  withFile(path, (sqlite) =>
    sqlite.prepare(`select name from sqlite_master where type = 'table'`).pluck().all(),
  )

t.test('makes a new file with every migration, and then has nothing to do', async (t) => {
  const path = join(t.testdir(), 'tenantry.db')
  t.same(await migrate(path), Object.keys(migrations))
  t.same(await migrate(path), [])
})

t.test('copies the file before it changes it', async (t) => {
  const path = join(t.testdir(), 'tenantry.db')
  await migrate(path)
  withFile(path, (sqlite) => sqlite.exec('create table kept (id integer)'))
  addMigration(t, '900-note', (db) => sql`create table note (id integer)`.execute(db))
  t.same(await migrate(path), ['900-note'])
  const copy = join(path, '../upgrades/before-900-note.db')
  t.ok(listTables(copy).includes('kept'))
  t.notOk(listTables(copy).includes('note'))
  t.ok(listTables(path).includes('note'))
})

t.test('copies nothing where there is nothing', async (t) => {
  const path = join(t.testdir(), 'tenantry.db')
  await migrate(path)
  t.notOk(existsSync(join(path, '../upgrades')))
})

t.test('leaves nothing of a migration that fails', async (t) => {
  const path = join(t.testdir(), 'tenantry.db')
  await migrate(path)
  const before = listTables(path)
  addMigration(t, '900-broken', async (db) => {
    await sql`create table half (id integer)`.execute(db)
    await sql`insert into nowhere values (1)`.execute(db)
  })
  await t.rejects(migrate(path), /Migration 900-broken failed/)
  t.same(listTables(path), before)
})

t.test('leaves nothing of a migration after which rows point nowhere', async (t) => {
  const path = join(t.testdir(), 'tenantry.db')
  await migrate(path)
  addMigration(t, '900-orphan', (db) =>
    sql`insert into session (token_hash, person_id, created_at, last_seen_at, expires_at, user_agent)
      values ('x', 4711, '', '', '', '')`.execute(db),
  )
  await t.rejects(migrate(path), /900-orphan/)
  withFile(path, (sqlite) => t.same(sqlite.prepare('select * from session').all(), []))
})

t.test('refuses a file that a newer program has migrated, and leaves it as it is', async (t) => {
  const path = join(t.testdir(), 'tenantry.db')
  await migrate(path)
  withFile(path, (sqlite) =>
    sqlite.exec(`insert into kysely_migration values ('999-future', '2030-01-01')`),
  )
  const refusal = await migrate(path).catch((error: unknown) => error)
  t.ok(refusal instanceof StartupProblem)
  t.match((refusal as Error).message, /newer Tenantry \(it has "999-future"\)/)
  t.same(readdirSync(join(path, '..')).sort(), ['tenantry.db', 'tenantry.db.audit-head'])
})
