import type { Db, Reads } from '../db/connection.ts'
import { type SystemTx, system } from '../db/operation.ts'
import { everyTenant, everyTenantTx } from '../db/scope-guard.ts'
import { idTable } from '../db/search.ts'
import type { Pace } from '../pace.ts'

/** Sessions that are looked at in one transaction. */
const AT_ONCE = 500

/**
 * Looks at the sessions about whose computers something changed. What has not started ends where the
 * computer was deleted or excluded, or came to a tenant that the schedule does not reach.
 */
export async function reviewSessions(db: Db, now: string, pace: Pace) {
  while (true) {
    const rows = await db
      .selectFrom('session_to_review')
      .select('session_id')
      .orderBy('session_id')
      .limit(AT_ONCE)
      .execute()
    if (rows.length === 0) return
    const ids = JSON.stringify(rows.map(({ session_id }) => session_id))
    await system(db, async (tx) => {
      for (const [reason, some] of Map.groupBy(await listAhead(tx, ids), reasonToEnd))
        if (reason) await endSessions(tx, some, reason, now)
      await tx
        .deleteFrom('session_to_review')
        .where('session_id', 'in', (eb) => eb.selectFrom(idTable(ids)).select('id'))
        .execute()
    })
    await pace(0, 0)
  }
}

const listAhead = (db: Reads, ids: string) =>
  everyTenant(db)
    .selectFrom(idTable(ids))
    .innerJoin('maintenance_session as session', 'session.id', 'listed.id')
    .innerJoin('computer', 'computer.id', 'session.computer_id')
    .innerJoin('tenant', 'tenant.id', 'session.tenant_id')
    .innerJoin('schedule', 'schedule.id', 'session.schedule_id')
    .innerJoin('tenant as owner', 'owner.id', 'schedule.tenant_id')
    .select(['session.id', 'computer.state', 'tenant.path', 'owner.path as owner_path'])
    .select('schedule.applies_to_children')
    .where('session.state', 'in', ['pending', 'waiting', 'postponed'])
    .execute()

type Ahead = Awaited<ReturnType<typeof listAhead>>[number]

function reasonToEnd({ state, path, owner_path, applies_to_children }: Ahead) {
  if (state === 'deleted') return 'The computer was deleted.'
  if (state === 'excluded') return 'This computer is excluded from maintenance.'
  const isReached = applies_to_children === 1 ? path.startsWith(owner_path) : path === owner_path
  return isReached ? '' : 'The computer came to a tenant that the schedule does not reach.'
}

const endSessions = (tx: SystemTx, sessions: Ahead[], reason: string, now: string) =>
  everyTenantTx(tx)
    .updateTable('maintenance_session')
    .set({ state: 'skipped', reason, ended_at: now })
    .where('id', 'in', (eb) =>
      eb.selectFrom(idTable(JSON.stringify(sessions.map(({ id }) => id)))).select('listed.id'),
    )
    .execute()
