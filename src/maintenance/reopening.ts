import type { SystemTx } from '../db/operation.ts'
import { everyTenantTx } from '../db/scope-guard.ts'
import { idsIn } from '../db/search.ts'
import { findWindow } from './queries.ts'
import { listUnfinished } from './queue.ts'

type Withdrawn = { id: number; window_id: number }

/**
 * Sessions that were withdrawn and whose computers are back: they are to come again, as long as their
 * window lasts. It may have closed early for want of them, and then opens again.
 */
export async function reopenSessions(tx: SystemTx, sessions: Withdrawn[], now: string) {
  for (const [window_id, some] of Map.groupBy(sessions, (session) => session.window_id))
    if (await lasts(tx, window_id, now))
      await everyTenantTx(tx)
        .updateTable('maintenance_session')
        .set({ state: 'pending', reason: '', ended_at: null, withdrawn: 0 })
        .where('id', 'in', idsIn(some.map(({ id }) => id)))
        .execute()
}

/** Whether a window is open, or can be again: before its end, and with no other in its place. */
async function lasts(tx: SystemTx, id: number, now: string) {
  const window = await findWindow(tx, id)
  if (!window || window.schedule_state === 'deleted' || window.ends_at <= now) return false
  if (window.state === 'open') return true
  if (window.state !== 'closed' || (await listUnfinished(tx, [window])).size > 0) return false
  await everyTenantTx(tx)
    .updateTable('maintenance_window')
    .set({ state: 'open', closed_at: null })
    .where('id', '=', id)
    .execute()
  return true
}
