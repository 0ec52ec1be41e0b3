import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type Database from 'better-sqlite3'
import t, { type Test } from 'tap'
import { hashOperation, readAuditHead } from '../../src/db/audit-chain.ts'
import { openDatabase } from '../../src/db/connection.ts'
import { findFaults } from '../../src/db/faults.ts'
import { operation } from '../../src/db/operation.ts'
import { updateTenant } from '../../src/tenants/commands.ts'
import { run } from '../support/program.ts'
import { withFile } from '../support/rows.ts'
import { ACME, world } from '../support/world.ts'

/** A data directory with a log of six operations, and what `tenantry check` finds in it. */
async function logged(t: Test) {
  const { db, path, actor } = await world(t)
  for (const name of ['Acme 2', 'Acme 3', 'Acme 4', 'Acme 5', 'Acme 6'])
    await operation(db, actor, 'tenant.update', (tx) => updateTenant(tx, ACME, { name }))
  const data = t.testdir()
  const file = join(data, 'tenantry.db')
  withFile(path, (sqlite) => sqlite.pragma('wal_checkpoint(TRUNCATE)'))
  copyFileSync(path, file)
  copyFileSync(`${path}.audit-head`, `${file}.audit-head`)
  return { data, file, check: () => findFaults(file) }
}

/** Tampers with the log, as somebody who can write to the file would: without its triggers. */
const tamper = (file: string, change: (sqlite: Database.Database) => void) =>
  withFile(file, (sqlite) => {
    sqlite.pragma('foreign_keys = OFF')
    for (const trigger of [
      'change_is_final',
      'change_is_kept',
      'operation_is_final',
      'operation_is_kept',
    ])
      sqlite.exec(`drop trigger ${trigger}`)
    change(sqlite)
  })

t.test('T25: check finds nothing in a log that nobody touched', async (t) => {
  const { check } = await logged(t)
  t.same(await check(), [])
})

t.test('T25: tenantry check prints what it finds, and ends with code 1', async (t) => {
  const { data, file } = await logged(t)
  t.match(await run(['check'], { data }), { code: 0, stdout: /^audit: unbroken$/m })
  tamper(file, (sqlite) => sqlite.exec(edits[0]!))
  t.match(await run(['check'], { data }), { code: 1, stdout: /^audit: edited: Operation 3 .*\n$/ })
})

const edits = [
  `update change set after = replace(after, 'Acme 3', 'Acme X') where operation_id = 3`,
  `update operation set actor_name = 'Somebody else' where id = 3`,
  `update operation set at = '2026-01-01T00:00:00.000Z' where id = 3`,
  `update operation set reason = 'Asked for' where id = 3`,
]

for (const edit of edits)
  t.test(`T25: check names an edited log: ${edit}`, async (t) => {
    const { file, check } = await logged(t)
    tamper(file, (sqlite) => sqlite.exec(edit))
    t.match(await check(), [/^audit: edited: Operation 3 /])
  })

const deletions = [
  'delete from change where operation_id = 3',
  'delete from change where operation_id = 3; delete from operation where id = 3',
]

for (const deletion of deletions)
  t.test(`T25: check names a log deleted from: ${deletion}`, async (t) => {
    const { file, check } = await logged(t)
    tamper(file, (sqlite) => sqlite.exec(deletion))
    t.match(await check(), [/^audit: deleted: Operation 3 /])
  })

t.test('T25: check names a log whose end was cut off', async (t) => {
  const { file, check } = await logged(t)
  tamper(file, (sqlite) =>
    sqlite.exec('delete from change where operation_id > 4; delete from operation where id > 4'),
  )
  t.same(await check(), ['audit: truncated: The log ends at operation 4; it had reached 6.'])
})

t.test('T25: check names a log that was written anew, with hashes that fit', async (t) => {
  const { file, check } = await logged(t)
  tamper(file, (sqlite) => sqlite.exec(edits[0]!))
  await hashAnew(file)
  t.match(await check(), [/^audit: rewritten: /])
})

t.test('cannot tell a log written anew from the first without what was kept outside', async (t) => {
  const { file, check } = await logged(t)
  tamper(file, (sqlite) => sqlite.exec(edits[0]!))
  await hashAnew(file)
  rmSync(`${file}.audit-head`)
  t.same(await check(), [])
})

t.test('says that a damaged file is damaged', async (t) => {
  const { file, check } = await logged(t)
  const page = withFile(file, (sqlite) =>
    sqlite
      .prepare(`select rootpage from sqlite_master where name = 'tenant_by_slug'`)
      .pluck()
      .get(),
  )
  const bytes = readFileSync(file)
  writeFileSync(file, bytes.fill(0, (Number(page) - 1) * 4096, Number(page) * 4096))
  t.match(await check(), [/^structure: /])
})

t.test('names a row that points nowhere', async (t) => {
  const { file, check } = await logged(t)
  withFile(file, (sqlite) => {
    sqlite.pragma('foreign_keys = OFF')
    sqlite.exec(`update session set person_id = 4711`)
  })
  t.match(await check(), [/^reference: session 1 points to no user_account$/m])
})

t.test('keeps the newest operation outside the database, each time', async (t) => {
  const { db, path, actor } = await world(t)
  const id = await operation(db, actor, 'tenant.update', async (tx) => {
    await updateTenant(tx, ACME, { name: 'Acme 2' })
    return tx.operation.id
  })
  const { hash } = await db
    .selectFrom('operation')
    .select('hash')
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
  t.strictSame(readAuditHead(path), { id, hash })
})

/** Makes every hash fit what the log says now. */
async function hashAnew(file: string) {
  const db = openDatabase(file)
  const operations = await db.selectFrom('operation').select('id').orderBy('id').execute()
  for (const { id } of operations) {
    const { hash } = await hashOperation(db, id)
    withFile(file, (sqlite) =>
      sqlite.prepare('update operation set hash = ? where id = ?').run(hash, id),
    )
  }
  await db.close()
}
