import type { Db, Reads } from '../db/connection.ts'
import { type SystemTx, system } from '../db/operation.ts'
import { prepared } from '../db/prepared.ts'
import { everyTenant, everyTenantTx } from '../db/scope-guard.ts'
import { isFoundAhead, isLeft } from '../db/session-table.ts'
import type { Pace } from '../pace.ts'
import { beginReading } from './covered.ts'
import { endSessions } from './ending.ts'
import type { Unfilled } from './open.ts'
import { refillWindow, settleEmpty } from './opened.ts'
import { type Place, findPlaces } from './place.ts'
import { openNextQueued } from './queue.ts'
import type { Round } from './round.ts'

/** Windows that begin in one transaction, fewer where they have so many computers. */
const AT_ONCE = 50
const ENOUGH = 5000

/**
 * Begins the windows that detection found before their time: their sessions are brought up to date,
 * for days may have passed. What was changed or disabled meanwhile leaves its windows as they are.
 * Returns whether there was any.
 */
export async function beginWindows(db: Db, round: Round, pace: Pace) {
  for (let count = 0; ; count++) {
    if ((await listToBegin(db, round.now)).length === 0) return count > 0
    await system(db, async (tx) => {
      await round.refresh(tx)
      // Another process may have begun some since.
      const windows = await listToBegin(tx, round.now)
      const placeOf = await findPlaces(tx, windows)
      let computers = 0
      for (const window of windows) {
        const place = placeNow(placeOf(window), window)
        await noteBegun(tx, window.id)
        if (place) {
          const covered = await beginReading(tx, place.schedule, round.now)
          const opening = { ...place, local_start: window.local_start }
          computers += covered.first.length
          await bringUpToDate(tx, round, { id: window.id, opening, term: window, covered }, pace)
        } else await settleEmpty(tx, round, window)
        await openNextQueued(tx, round, window, pace)
        if (computers >= ENOUGH) break
      }
    })
  }
}

const noteBegun = (tx: SystemTx, id: number) =>
  everyTenantTx(tx)
    .updateTable('maintenance_window')
    .set({ is_ahead: 0 })
    .where('id', '=', id)
    .execute()

const listToBegin = (db: Reads, now: string) =>
  everyTenant(db)
    .selectFrom('maintenance_window')
    .selectAll()
    .where(isFoundAhead)
    .where('starts_at', '<=', now)
    .orderBy('starts_at')
    .limit(AT_ONCE)
    .execute()

/** Where a window is; not where its times have another fixed zone by now: then it stays as it is. */
function placeNow(place: Place | undefined, { zone }: { zone: string }) {
  const isElsewhere = place?.times.zone_of === 'fixed' && place.times.zone !== zone
  return isElsewhere ? undefined : place
}

/** Adds the computers that came, and freezes the terms of what has not started anew. */
async function bringUpToDate(tx: SystemTx, round: Round, window: Unfilled, pace: Pace) {
  const seated = new Set<number>()
  await refillWindow(
    tx,
    round,
    { ...window, seated },
    async () => {
      for (let after = 0; ;) {
        const some = await aheadAfter(tx, { window_id: window.id, after })
        const gone = some.filter(({ computer_id }) => !seated.has(computer_id))
        await endSessions(tx, gone, { ...NOT_COVERED, ended_at: round.now })
        await pace(0, 0)
        if (some.length < PAGE) return
        after = some.at(-1)!.id
      }
    },
    pace,
  )
}

const NOT_COVERED = { state: 'skipped', reason: 'The window does not cover it any more.' } as const

/** Sessions that are looked at at a time. */
const PAGE = 1000

const aheadAfter = prepared((db, { window_id, after }: { window_id: number; after: number }) =>
  everyTenant(db)
    .selectFrom('maintenance_session')
    .select(['id', 'computer_id'])
    .where('window_id', '=', window_id)
    .where(isLeft)
    .where('state', 'in', ['pending', 'waiting'])
    .where('id', '>', after)
    .orderBy('id')
    .limit(PAGE),
)
