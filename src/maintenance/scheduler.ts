import type { Db } from '../db/connection.ts'
import { system } from '../db/operation.ts'
import { planWhatChanged } from '../schedules/plan.ts'
import { closeEndedWindows } from './close.ts'
import { openDueWindows } from './due.ts'

/** How often it looks whether anything is due. */
const EVERY_MS = 1000

/**
 * Looks once: plans what changed, opens what is due, closes what is over. Any number of processes may
 * do so on one database; what one has opened, the others find opened.
 */
export async function look(db: Db) {
  const now = db.now()
  await planWhatChanged(db)
  await closeEndedWindows(db)
  await openDueWindows(db)
  await noteLook(db, now)
}

/** Everything due until `now` was dealt with. A clock that was put back does not take that back. */
const noteLook = (db: Db, now: string) =>
  system(db, (tx) =>
    tx
      .insertInto('scheduler')
      .values({ slot: 1, looked_at: now })
      .onConflict((oc) =>
        oc.column('slot').doUpdateSet({ looked_at: now }).where('scheduler.looked_at', '<', now),
      )
      .execute(),
  )

/** Looks every second, from `start` to `stop`. Says of trouble what it was, and goes on. */
export function scheduler(db: Db, onTrouble: (error: unknown) => void) {
  let timer: NodeJS.Timeout | undefined
  let looking: Promise<unknown> | undefined
  const lookAgain = () => {
    looking ??= look(db)
      .catch(onTrouble)
      .finally(() => {
        looking = undefined
      })
  }
  return {
    start() {
      timer = setInterval(lookAgain, EVERY_MS).unref()
    },
    async stop() {
      clearInterval(timer)
      await looking
    },
  }
}
