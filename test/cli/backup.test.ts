import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { backUp } from '../../src/db/backup.ts'
import { openDatabase } from '../../src/db/connection.ts'
import { findFaults } from '../../src/db/faults.ts'
import { operation } from '../../src/db/operation.ts'
import { updateTenant } from '../../src/tenants/commands.ts'
import { run, startServer } from '../support/program.ts'
import { readState, withFile } from '../support/rows.ts'
import { ACME, world } from '../support/world.ts'

/** A data directory with the cast in it. */
async function dataDirectory(t: Test) {
  const { path } = await world(t)
  const data = join(t.testdir(), 'data')
  mkdirSync(data)
  copyFileSync(path, join(data, 'tenantry.db'))
  copyFileSync(`${path}.audit-head`, join(data, 'tenantry.db.audit-head'))
  return { data, database: join(data, 'tenantry.db'), copy: join(data, '../copy.db') }
}

async function rename(database: string, name: string) {
  const db = openDatabase(database)
  const author = { person_id: null, name: 'Tests' }
  await operation(db, author, 'tenant.update', (tx) => updateTenant(tx, ACME, { name }))
  await db.close()
}

const nameOf = (database: string) =>
  withFile(database, (sqlite) =>
    sqlite.prepare('select name from tenant where id = ?').pluck().get(ACME),
  )

t.test('backs up into one sound file for its owner alone', async (t) => {
  const { data, database, copy } = await dataDirectory(t)
  t.match(await run(['backup', copy], { data }), { code: 0 })
  t.equal(statSync(copy).mode & 0o777, 0o600)
  t.same(readdirSync(join(copy, '..')).sort(), ['copy.db', 'copy.db.audit-head', 'data'])
  t.same(await findFaults(copy), [])
  t.equal(nameOf(copy), nameOf(database))
})

t.test('replaces a file only when it is told to', async (t) => {
  const { data, copy } = await dataDirectory(t)
  writeFileSync(copy, 'something else')
  t.match(await run(['backup', copy], { data }), {
    code: 1,
    stderr: /^tenantry: [^\n]+ exists already\. [^\n]+--force\.\n$/,
  })
  t.equal(readFileSync(copy, 'utf8'), 'something else')
  t.match(await run(['backup', '--force', copy], { data }), { code: 0 })
  t.same(await findFaults(copy), [])
})

t.test('backs up while the server writes, and every backup is sound', async (t) => {
  const here = await world(t)
  const copying = new AbortController()
  const writing = (async () => {
    for (let number = 0; !copying.signal.aborted; number++) {
      await operation(here.db, here.actor, 'tenant.update', (tx) =>
        updateTenant(tx, ACME, { name: `Acme ${number}` }),
      )
      await new Promise(setImmediate)
    }
  })()
  const directory = t.testdir()
  const copies = ['one.db', 'two.db', 'three.db'].map((name) => join(directory, name))
  for (const copy of copies) await backUp(here.path, copy)
  copying.abort()
  await writing
  for (const copy of copies) t.same(await findFaults(copy), [])
})

t.test('does not give a damaged backup its name', async (t) => {
  const { data, database, copy } = await dataDirectory(t)
  withFile(database, (sqlite) => {
    sqlite.pragma('foreign_keys = OFF')
    sqlite.exec('update session set person_id = 4711')
  })
  const { code, stderr } = await run(['backup', copy], { data })
  t.equal(code, 1)
  t.match(stderr, /^tenantry: The backup is not sound: reference: session 1 [^\n]+\n$/)
  t.same(readdirSync(join(copy, '..')), ['data'])
})

t.test('says in one line that a backup cannot be written', async (t) => {
  const { data } = await dataDirectory(t)
  const { code, stderr } = await run(['backup', join(data, 'no/where.db')], { data })
  t.equal(code, 1)
  t.match(stderr, /^tenantry: [^\n]+ cannot be written: [^\n]+\n$/)
})

t.test('restores what was backed up, and keeps what was there', async (t) => {
  const { data, database, copy } = await dataDirectory(t)
  await run(['backup', copy], { data })
  await rename(database, 'After the backup')
  const { code, stdout } = await run(['restore', copy], { data })
  t.equal(code, 0)
  t.equal(nameOf(database), 'Acme')
  t.same(await findFaults(database), [])
  const kept = /before is in (\S+)\.$/m.exec(stdout)![1]!
  t.equal(nameOf(join(kept, 'tenantry.db')), 'After the backup')
})

t.test('restores where there was nothing, and the server runs on it', async (t) => {
  const { data, copy } = await dataDirectory(t)
  await run(['backup', copy], { data })
  const elsewhere = join(copy, '../elsewhere')
  t.match(await run(['restore', copy], { data: elsewhere }), { code: 0 })
  const { url, said } = await startServer(t, { data: elsewhere })
  t.equal((await fetch(`${url}/readyz`)).status, 200)
  t.notMatch(said.join(), 'setup')
})

t.test('refuses to restore under a running server', async (t) => {
  const { data, database, copy } = await dataDirectory(t)
  await run(['backup', copy], { data })
  await startServer(t, { data })
  const before = readFileSync(database)
  const { code, stderr } = await run(['restore', copy], { data })
  t.equal(code, 1)
  t.match(stderr, /^tenantry: Another Tenantry is running [^\n]+\n$/)
  t.ok(before.equals(readFileSync(database)))
})

t.test('refuses a backup that is no backup, and changes nothing', async (t) => {
  const { data, database, copy } = await dataDirectory(t)
  writeFileSync(copy, 'Dear diary')
  const files = readdirSync(data)
  const { code, stderr } = await run(['restore', copy], { data })
  t.equal(code, 1)
  t.match(stderr, /^tenantry: [^\n]+copy\.db is not sound: [^\n]+\n$/)
  t.equal(nameOf(database), 'Acme')
  t.same(
    readdirSync(data).filter((name) => !files.includes(name)),
    ['tenantry.lock'],
  )
})

t.test('does not let the log of the data before leak into what is restored', async (t) => {
  const { data, database, copy } = await dataDirectory(t)
  await run(['backup', copy], { data })
  const db = openDatabase(database)
  await operation(db, { person_id: null, name: 'Tests' }, 'tenant.update', (tx) =>
    updateTenant(tx, ACME, { name: 'Left in the log' }),
  )
  // As after a crash: the log was neither moved into the file nor removed.
  copyFileSync(`${database}-wal`, join(data, 'kept-wal'))
  await db.close()
  copyFileSync(join(data, 'kept-wal'), `${database}-wal`)
  t.match(await run(['restore', copy], { data }), { code: 0 })
  t.notOk(existsSync(`${database}-wal`))
  t.equal(nameOf(database), 'Acme')
})

t.test('T3: a restored database is set up, whoever is in it', async (t) => {
  const { data, copy } = await dataDirectory(t)
  await run(['backup', copy], { data })
  await run(['restore', copy], { data })
  const { url } = await startServer(t, { data })
  for (const method of ['GET', 'POST'])
    t.equal((await fetch(`${url}/setup/x`, { method, headers: { origin: url } })).status, 404)
})

t.test('gives back every row', async (t) => {
  const { data, database, copy } = await dataDirectory(t)
  const before = readState({ path: database })
  await run(['backup', copy], { data })
  await rename(database, 'After the backup')
  await run(['restore', copy], { data })
  t.strictSame(readState({ path: database }), before)
})
