import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import { withFile } from './rows.ts'
import { type World, world } from './world.ts'

/**
 * A data directory with the cast in it, and with what `furnish` adds to that, for a server of its
 * own; its session and token are good.
 */
export async function dataDirectory(t: Test, furnish?: (w: World) => Promise<unknown>) {
  const w = await world(t)
  const { db, path, api, session } = w
  await furnish?.(w)
  await db.close()
  const data = join(t.testdir(), 'data')
  mkdirSync(data, { recursive: true })
  const database = join(data, 'tenantry.db')
  copyFileSync(path, database)
  copyFileSync(`${path}.audit-head`, `${database}.audit-head`)
  withFile(database, (sqlite) => {
    // The world's clock stands in 2026; a server of its own has the machine's.
    const now = new Date().toISOString()
    sqlite
      .prepare('update session set created_at = ?, last_seen_at = ?, expires_at = ?')
      .run(now, now, new Date(Date.now() + 3_600_000).toISOString())
  })
  return { data, database, token: api.token, session }
}
