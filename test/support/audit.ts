import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import type Database from 'better-sqlite3'
import type { Test } from 'tap'
import { hashOperation } from '../../src/db/audit-chain.ts'
import { openDatabase } from '../../src/db/connection.ts'
import { findFaults } from '../../src/db/faults.ts'
import { operation } from '../../src/db/operation.ts'
import { updateTenant } from '../../src/tenants/commands.ts'
import { withFile } from './rows.ts'
import { ACME, world } from './world.ts'

/** A data directory with a log of six operations, and what `tenantry check` finds in it. */
export async function logged(t: Test) {
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
export const tamper = (file: string, change: (sqlite: Database.Database) => void) =>
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

/** Makes every hash fit what the log says now. */
export async function hashAnew(file: string) {
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
