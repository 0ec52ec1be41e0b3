import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { createSetupLink } from '../../src/access/setup.ts'
import { buildApp } from '../../src/app.ts'
import { openDatabase } from '../../src/db/connection.ts'
import { migrate } from '../../src/db/migrate.ts'
import { appOptions, START } from './world.ts'

/** A process that has just started on an empty database. */
export async function firstStart(t: Test) {
  const folder = mkdtempSync(join(tmpdir(), 'tenantry-setup-'))
  const path = join(folder, 'tenantry.db')
  await migrate(path)
  const clock = { now: START }
  const db = openDatabase(path, () => clock.now)
  const link = await createSetupLink(db)
  const app = await buildApp(db, { ...appOptions, setup_link: link })
  t.teardown(async () => {
    await app.close()
    await db.close()
    rmSync(folder, { recursive: true })
  })
  return { app, db, clock, path: link!.path }
}
