import type { Db } from '../db/connection.ts'
import { system } from '../db/operation.ts'
import type { Actor } from './actor.ts'
import type { SessionState } from './sessions.ts'

/** How long somebody may go on without a second factor after one is asked of them. */
const GRACE_DAYS = 14
const DAY_MS = 24 * 60 * 60 * 1000

/**
 * In how many days, begun ones included, the actor must have set up a second factor; 0 when that
 * time is over, null when none is asked for or one is there. The time begins when this is asked for
 * the first time, and does not begin anew.
 */
export async function daysForFactor(db: Db, actor: Actor, state: SessionState) {
  if (!actor.needs_second_factor || state.has_second_factor) return null
  const due_at = state.second_factor_due_at ?? (await beginGrace(db, actor.person_id))
  const days = Math.ceil((Date.parse(due_at) - Date.parse(db.now())) / DAY_MS)
  return Math.max(0, days)
}

async function beginGrace(db: Db, person_id: number) {
  const due_at = new Date(Date.parse(db.now()) + GRACE_DAYS * DAY_MS).toISOString()
  await system(db, (tx) =>
    tx
      .updateTable('user_account')
      .set({ second_factor_due_at: due_at })
      .where('person_id', '=', person_id)
      .where('second_factor_due_at', 'is', null)
      .execute(),
  )
  return due_at
}
