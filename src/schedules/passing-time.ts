import type { Db, Reads } from '../db/connection.ts'
import { system } from '../db/operation.ts'
import { everyTenant } from '../db/scope-guard.ts'
import { TIME_ZONE } from './option-keys.ts'
import { lookedAt } from './planning.ts'
import { addElapsed } from './windows.ts'

/** By more, a clock that is put back is noticed. */
const MOST_BACK_MINUTES = 5

/** A clock that shows an earlier time than it did. */
export type PutBack = { from: string; to: string }

/**
 * Notes every schedule to be planned anew, where nobody wrote anything and yet something changed: an
 * exemption from a locked time zone has ended, or the clock was put back. Windows that a clock which
 * was ahead has left behind are to come again. Returns by how much it was put back, if it was.
 *
 * @param before when this process looked last; without it, when any did
 */
export async function noteWhatTimeChanged(
  db: Db,
  now: string,
  before: string | undefined,
): Promise<PutBack | undefined> {
  const looked_at = await lookedAt(db)
  const from = before ?? looked_at
  if (from !== undefined && now < addElapsed(from, -MOST_BACK_MINUTES)) {
    await noteAll(db, now)
    return { from, to: now }
  }
  const ended_at = looked_at && (await firstEnd(db, looked_at, now))
  if (ended_at) await noteAll(db, ended_at)
  return undefined
}

/** Notes all schedules: their windows count from an instant on. */
const noteAll = (db: Db, noted_at: string) =>
  system(db, async (tx) => {
    await tx
      .insertInto('schedule_to_plan')
      .values({ schedule_id: 0, noted_at })
      .onConflict((oc) => oc.doNothing())
      .execute()
    await tx
      .updateTable('scheduler')
      .set({ looked_at: noted_at })
      .where('looked_at', '>', noted_at)
      .execute()
  })

/** When the first of the exemptions from a locked time zone ended that did since. */
async function firstEnd(db: Reads, since: string, now: string) {
  const row = await everyTenant(db)
    .selectFrom('exemption')
    .select('expires_at')
    .where('key', '=', TIME_ZONE)
    .where('expires_at', '>', since)
    .where('expires_at', '<=', now)
    .orderBy('expires_at')
    .limit(1)
    .executeTakeFirst()
  return row?.expires_at
}
