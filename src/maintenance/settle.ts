import type { Db, Reads } from '../db/connection.ts'
import { type SystemTx, system } from '../db/operation.ts'
import { prepared } from '../db/prepared.ts'
import { everyTenant, everyTenantTx } from '../db/scope-guard.ts'
import { idsIn } from '../db/search.ts'
import { isLeft } from '../db/session-table.ts'
import type { Pace } from '../pace.ts'
import { endSome, listAhead } from './ending.ts'
import { openNextQueued } from './queue.ts'
import type { Round } from './round.ts'

/** Windows that are settled in one transaction. */
const AT_ONCE = 100

/**
 * Looks at the windows that may be over: of which a session came to its end, or whose schedule was
 * deleted. Then the next that waits for its turn opens.
 */
export async function settleWindows(db: Db, round: Round, pace: Pace) {
  while (true) {
    const ids = await listToSettle(db)
    if (ids.length === 0) return
    await system(db, async (tx) => {
      await round.refresh(tx)
      for (const id of ids) {
        await settle(tx, round, id, pace)
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

const windowToSettle = prepared((db, { id }: { id: number }) =>
  everyTenant(db)
    .selectFrom('maintenance_window as window')
    .innerJoin('schedule', 'schedule.id', 'window.schedule_id')
    .select(['window.id', 'window.state', 'window.schedule_id', 'window.override_id'])
    .select(['window.zone', 'schedule.state as schedule_state'])
    .where('window.id', '=', id),
)

const sessionsLeft = prepared((db, { window_id }: { window_id: number }) =>
  everyTenant(db)
    .selectFrom('maintenance_session')
    .select('id')
    .where('window_id', '=', window_id)
    .where(isLeft)
    .limit(1),
)

async function settle(tx: SystemTx, round: Round, id: number, pace: Pace) {
  const [window] = await windowToSettle(tx, { id })
  if (!window) return
  const isUnfinished = window.state === 'open' || window.state === 'queued'
  if (window.schedule_state === 'deleted') {
    if (isUnfinished) await endWithSchedule(tx, id, round.now, pace)
    return
  }
  if (window.state === 'open' && (await sessionsLeft(tx, { window_id: id })).length === 0)
    await closeWindow(tx, id, round.now)
  await openNextQueued(tx, round, window, pace)
}

export const closeWindow = (tx: SystemTx, id: number, closed_at: string) =>
  everyTenantTx(tx)
    .updateTable('maintenance_window')
    .set({ state: 'closed', closed_at })
    .where('id', '=', id)
    .execute()

/** With its schedule ends what has not started; what runs comes to its own end. */
async function endWithSchedule(tx: SystemTx, id: number, now: string, pace: Pace) {
  const ended = { state: 'cancelled', reason: 'Its schedule was deleted.' } as const
  await endSome(tx, (limit) => listAhead(tx, id, limit), { ...ended, ended_at: now }, pace)
  await everyTenantTx(tx)
    .updateTable('maintenance_window')
    .set({ ...ended, closed_at: now })
    .where('id', '=', id)
    .execute()
}
