import type { Db, Reads } from '../db/connection.ts'
import { type SystemTx, system } from '../db/operation.ts'
import { prepared } from '../db/prepared.ts'
import { everyTenant } from '../db/scope-guard.ts'
import { idTable, idsIn } from '../db/search.ts'
import type { Pace } from '../pace.ts'
import { endSome, endWindows, hasSessionsLeft, listAhead } from './ending.ts'
import { openNextQueued } from './queue.ts'
import type { Round } from './round.ts'

/** Windows that are settled in one transaction. */
const AT_ONCE = 100

/**
 * Looks at the windows that may be over: of which a session came to its end, or whose schedule was
 * deleted. Then the next that waits for its turn opens. Returns whether there was any.
 */
export async function settleWindows(db: Db, round: Round, pace: Pace) {
  for (let count = 0; ; count++) {
    const ids = await listToSettle(db)
    if (ids.length === 0) return count > 0
    await system(db, async (tx) => {
      await round.refresh(tx)
      for (const window of await windowsToSettle(tx, { ids: JSON.stringify(ids) })) {
        await settle(tx, round, window, pace)
        await pace(0, 0)
      }
      await tx.deleteFrom('window_to_settle').where('window_id', 'in', idsIn(ids)).execute()
    })
  }
}

async function listToSettle(db: Reads) {
  const rows = await db
    .selectFrom('window_to_settle')
    .select('window_id')
    .orderBy('window_id')
    .limit(AT_ONCE)
    .execute()
  return rows.map(({ window_id }) => window_id)
}

const windowsToSettle = prepared((db, { ids }: { ids: string }) =>
  everyTenant(db)
    .selectFrom(idTable(ids))
    .innerJoin('window_to_settle as noted', 'noted.window_id', 'listed.id')
    .innerJoin('maintenance_window as window', 'window.id', 'listed.id')
    .select(['window.id', 'window.state', 'window.schedule_id', 'window.override_id'])
    .select(['window.is_ahead', 'window.zone', 'noted.without_schedule'])
    .orderBy('window.id'),
)

type ToSettle = Awaited<ReturnType<typeof windowsToSettle>>[number]

async function settle(tx: SystemTx, round: Round, window: ToSettle, pace: Pace) {
  const { id, state, is_ahead, without_schedule } = window
  if (without_schedule) return endWithSchedule(tx, id, round.now, pace)
  if (state === 'open' && is_ahead === 0 && !(await hasSessionsLeft(tx, id)))
    await endWindows(tx, [id], { state: 'closed' }, round.now)
  await openNextQueued(tx, round, window, pace)
}

/** With its schedule ends what has not started; what runs comes to its own end. */
async function endWithSchedule(tx: SystemTx, id: number, now: string, pace: Pace) {
  const end = { state: 'cancelled', reason: 'Its schedule was deleted.' } as const
  const ended = await endWindows(tx, [id], end, now)
  if (ended.length > 0)
    await endSome(tx, (limit) => listAhead(tx, id, limit), { ...end, ended_at: now }, pace)
}
