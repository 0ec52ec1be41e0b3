import type { z } from 'zod'
import type { Actor } from '../access/actor.ts'
import { permits } from '../access/decide.ts'
import type { Asker } from '../access/visible.ts'
import type { Db, Reads } from '../db/connection.ts'
import { branchOf } from '../db/scope.ts'
import { everyTenant } from '../db/scope-guard.ts'
import { idsIn } from '../db/search.ts'
import { findSchedule } from '../schedules/queries.ts'
import { ROOT_ID, getTenant } from '../tenants/queries.ts'
import { decodeCursor, encodeCursor } from '../web/cursor.ts'
import type { ListedSession, SessionListQuery, SessionResource } from './api-schemas.ts'
import { getSession } from './queries.ts'
import { findSessions } from './session-search.ts'

/** A page of sessions, the latest first, as the API shows them. */
export async function pageOfSessions(
  db: Db,
  actor: Actor,
  { tenant_id, without_children, limit, cursor, ...query }: z.infer<typeof SessionListQuery>,
) {
  const tenant = tenant_id === undefined ? null : await getTenant(db, actor, tenant_id)
  const is_everywhere = tenant?.id === ROOT_ID && !without_children
  const wanted = {
    state: query.state ?? null,
    tenant:
      tenant && !is_everywhere
        ? { id: tenant.id, branch: branchOf(tenant.path), only: without_children }
        : null,
    schedule_id: query.schedule_id ?? null,
    computer_id: query.computer_id ?? null,
    window_id: query.run_id ?? null,
    from: query.from ?? '',
    before: query.to ?? '',
  }
  const after = cursor === undefined ? null : Number(decodeCursor(cursor, 1)[0])
  const { ids, next } = await findSessions(db, actor, wanted, { limit, after })
  return {
    sessions: await describeRows(db, actor, ids),
    next_cursor: next === null ? null : encodeCursor([next]),
  }
}

/** The sessions with these ids, which the asker was found to see, the latest first. */
async function describeRows(db: Reads, { access }: Asker, ids: number[]): Promise<ListedSession[]> {
  const rows = await everyTenant(db)
    .selectFrom('maintenance_session as session')
    .innerJoin('computer', 'computer.id', 'session.computer_id')
    .innerJoin('schedule', 'schedule.id', 'session.schedule_id')
    .innerJoin('tenant', 'tenant.id', 'session.tenant_id')
    .selectAll('session')
    .select(['computer.name as computer_name', 'schedule.name as schedule_name', 'tenant.path'])
    .where('session.id', 'in', idsIn(ids))
    .orderBy('session.id', 'desc')
    .execute()
  return rows.map((row) => toResource({ access }, row))
}

/** A session as the API shows it. Throws NotFound when there is none that the asker may see. */
export async function describeSession(
  db: Reads,
  asker: Asker,
  id: number,
): Promise<SessionResource> {
  const session = await getSession(db, asker, id)
  const schedule = await findSchedule(db, session.schedule_id)
  return {
    ...toResource(asker, { ...session, schedule_name: schedule!.name }),
    options: JSON.parse(session.options) as Record<string, unknown>,
  }
}

type Row = Omit<ListedSession, 'computer' | 'schedule' | 'run_id' | 'tenant_id'> & {
  tenant_id: unknown
  computer_id: number
  computer_name: string
  schedule_id: number
  schedule_name: string
  window_id: number
  path: string
}

const toResource = ({ access }: Asker, row: Row): ListedSession => ({
  id: row.id,
  tenant_id: Number(row.tenant_id),
  computer: permits(access, 'computer.view', row.path)
    ? { id: row.computer_id, name: row.computer_name }
    : null,
  schedule: { id: row.schedule_id, name: row.schedule_name },
  run_id: row.window_id,
  state: row.state,
  reason: row.reason,
  starts_at: row.starts_at,
  created_at: row.created_at,
  started_at: row.started_at,
  ended_at: row.ended_at,
})
