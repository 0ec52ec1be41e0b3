import type { Db, Reads } from '../db/connection.ts'
import { type SystemTx, system } from '../db/operation.ts'
import { everyTenant, everyTenantTx } from '../db/scope-guard.ts'
import { idTable, idsIn } from '../db/search.ts'
import type { Pace } from '../pace.ts'
import { findSchedule } from '../schedules/queries.ts'
import { reaches, regionsOf, standingIn } from '../schedules/regions.ts'
import { reopenSessions } from './reopening.ts'

/** Sessions that are looked at in one transaction. */
const AT_ONCE = 500

/**
 * Looks at the sessions about whose computers something changed. What has not started is withdrawn
 * where the computer was deleted or excluded, or came to where its schedule is not in effect. What was
 * withdrawn is to come again where that has been taken back while its window lasts.
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
    const ids = rows.map(({ session_id }) => session_id)
    await system(db, async (tx) => {
      await reviewSome(tx, await listToReview(tx, ids), now)
      await tx.deleteFrom('session_to_review').where('session_id', 'in', idsIn(ids)).execute()
    })
    await pace(0, 0)
  }
}

const listToReview = (db: Reads, ids: number[]) =>
  everyTenant(db)
    .selectFrom(idTable(JSON.stringify(ids)))
    .innerJoin('maintenance_session as session', 'session.id', 'listed.id')
    .innerJoin('computer', 'computer.id', 'session.computer_id')
    .innerJoin('tenant', 'tenant.id', 'session.tenant_id')
    .select(['session.id', 'session.window_id', 'session.schedule_id', 'session.withdrawn'])
    .select(['computer.state', 'tenant.path'])
    .where((eb) =>
      eb.or([
        eb('session.state', 'in', ['pending', 'waiting', 'postponed']),
        eb('session.withdrawn', '=', 1),
      ]),
    )
    .execute()

type Reviewed = Awaited<ReturnType<typeof listToReview>>[number]

async function reviewSome(tx: SystemTx, sessions: Reviewed[], now: string) {
  for (const [schedule_id, some] of Map.groupBy(sessions, (session) => session.schedule_id)) {
    const isInEffect = await effectOf(tx, schedule_id)
    for (const [reason, alike] of Map.groupBy(some, (one) => reasonToEnd(one, isInEffect))) {
      const back = alike.filter(({ withdrawn }) => withdrawn === 1)
      const ahead = alike.filter(({ withdrawn }) => withdrawn === 0)
      if (reason === '') await reopenSessions(tx, back, now)
      else if (ahead.length > 0) await withdraw(tx, ahead, reason, now)
    }
  }
}

/** Tells of a tenant's path whether a schedule reaches it and is on there. */
async function effectOf(tx: SystemTx, schedule_id: number): Promise<(path: string) => boolean> {
  const schedule = await findSchedule(tx, schedule_id)
  if (!schedule) return () => false
  const standingAt = standingIn(await regionsOf(tx, schedule))
  return (path) => reaches(schedule, path) && standingAt(path)?.effect === 'on'
}

function reasonToEnd({ state, path }: Reviewed, isInEffect: (path: string) => boolean) {
  if (state === 'deleted') return 'The computer was deleted.'
  if (state === 'excluded') return 'This computer is excluded from maintenance.'
  return isInEffect(path) ? '' : 'The computer came to a tenant that the schedule does not reach.'
}

const withdraw = (tx: SystemTx, sessions: Reviewed[], reason: string, now: string) =>
  everyTenantTx(tx)
    .updateTable('maintenance_session')
    .set({ state: 'skipped', reason, ended_at: now, withdrawn: 1 })
    .where('id', 'in', idsIn(sessions.map(({ id }) => id)))
    .execute()
