import { statSync } from 'node:fs'
import { join } from 'node:path'
import { CompiledQuery } from 'kysely'
import t from 'tap'
import { type Reads, openConnection, writerOf } from '../../src/db/connection.ts'
import { operation } from '../../src/db/operation.ts'
import { updateTenant } from '../../src/tenants/commands.ts'
import { ACME, world } from '../support/world.ts'
import { everyTenant } from '../../src/db/scope-guard.ts'

const expected = {
  journal_mode: 'wal',
  synchronous: 2,
  foreign_keys: 1,
  trusted_schema: 0,
  journal_size_limit: 67_108_864,
}

async function readPragmas(db: Reads) {
  const values = [...Object.keys(expected), 'busy_timeout'].map(async (name) => {
    const { rows } = await db.executeQuery<Record<string, unknown>>(
      CompiledQuery.raw(`pragma ${name}`),
    )
    return [name, Object.values(rows[0]!)[0]] as const
  })
  return Object.fromEntries(await Promise.all(values))
}

t.test('T20: every connection has the settings that keep what is committed', async (t) => {
  const { db } = await world(t)
  t.match(await readPragmas(db), expected)
  t.match(await readPragmas(writerOf(db).kysely), expected)
})

t.test('T20: a connection waits 5 s for a lock, but those of the server do not', async (t) => {
  const { db, path } = await world(t)
  const other = openConnection(path)
  t.teardown(() => other.close())
  t.equal(other.pragma('busy_timeout', { simple: true }), 5000)
  t.match(await readPragmas(db), { busy_timeout: 100 })
  t.match(await readPragmas(writerOf(db).kysely), { busy_timeout: 0 })
})

t.test('T20: SQLite is newer than the defect of its log that 3.51.3 mended', async (t) => {
  const { db } = await world(t)
  const { rows } = await db.executeQuery<{ version: string }>(
    CompiledQuery.raw('select sqlite_version() as version'),
  )
  const [major, minor, patch] = rows[0]!.version.split('.').map(Number)
  t.ok(major! * 1e6 + minor! * 1e3 + patch! >= 3_051_003, rows[0]!.version)
})

t.test('gives the disk back after a reader has kept the log from being emptied', async (t) => {
  const { db, path, actor } = await world(t)
  const reader = openConnection(path, { readonly: true })
  reader.exec('begin; select count(*) from tenant')
  reader.prepare('select count(*) from tenant').get()
  const filler = openConnection(path)
  filler.exec('create table filler (bytes blob)')
  for (let number = 0; number < 9; number++)
    filler.exec('insert into filler values (zeroblob(8388608))')
  const limit = 64 * 1024 * 1024
  t.ok(statSync(`${path}-wal`).size > limit)
  reader.close()
  filler.close()
  for (const name of ['Acme 2', 'Acme 3', 'Acme 4'])
    await operation(db, actor, 'tenant.update', (tx) => updateTenant(tx, ACME, { name }))
  t.ok(statSync(`${path}-wal`).size <= limit)
})

t.test('lets others read while one writes', async (t) => {
  const { db, actor } = await world(t)
  await operation(db, actor, 'tenant.update', async (tx) => {
    await updateTenant(tx, ACME, { name: 'Acme 2' })
    const names = await everyTenant(db)
      .selectFrom('tenant')
      .select('name')
      .where('id', '=', ACME)
      .execute()
    t.same(names, [{ name: 'Acme' }])
  })
})

t.test('closes so that one file is left', async (t) => {
  const { db, path } = await world(t)
  await db.close()
  t.throws(() => statSync(join(`${path}-wal`)))
})
