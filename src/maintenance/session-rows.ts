import { permits } from '../access/decide.ts'
import type { Asker } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import type { SessionState } from '../db/schedule-schema.ts'
import { everyTenant } from '../db/scope-guard.ts'
import { idTable } from '../db/search.ts'
import { sessionStates, toneOf } from './words.ts'

/** A session as a list shows it. */
export type SessionRow = {
  id: number
  computer: { id: number; name: string } | null
  tenant: { id: number; name: string }
  /** `opens`: whether its page may be seen. */
  schedule: { id: number; name: string; opens: boolean }
  state: { value: SessionState; label: string; tone: string }
  reason: string
  /** The window that it is in, and when that opened. */
  window: { id: number; starts_at: string }
  starts_at: string
  ended_at: string | null
}

/** The sessions with these ids, which the asker was found to see, the latest first. */
export async function readSessionRows(db: Reads, asker: Asker, ids: number[]) {
  const rows = await everyTenant(db)
    .selectFrom(idTable(JSON.stringify(ids)))
    .innerJoin('maintenance_session as session', 'session.id', 'listed.id')
    .innerJoin('computer', 'computer.id', 'session.computer_id')
    .innerJoin('tenant', 'tenant.id', 'session.tenant_id')
    .innerJoin('schedule', 'schedule.id', 'session.schedule_id')
    .innerJoin('maintenance_window as window', 'window.id', 'session.window_id')
    .innerJoin('tenant as owner', 'owner.id', 'schedule.tenant_id')
    .select(['session.id', 'session.computer_id', 'session.schedule_id', 'session.state'])
    .select(['session.reason', 'session.starts_at', 'session.ended_at'])
    .select(['computer.name as computer_name', 'schedule.name as schedule_name'])
    .select(['tenant.id as tenant_id', 'tenant.name as tenant_name', 'tenant.path'])
    .select(['window.id as window_id', 'window.starts_at as window_starts_at'])
    .select('owner.path as owner_path')
    .orderBy('session.id', 'desc')
    .execute()
  return rows.map((row): SessionRow => {
    const sees = permits(asker.access, 'computer.view', row.path)
    return {
      id: row.id,
      computer: sees ? { id: row.computer_id, name: row.computer_name } : null,
      tenant: { id: row.tenant_id, name: row.tenant_name },
      schedule: {
        id: row.schedule_id,
        name: row.schedule_name,
        opens: permits(asker.access, 'schedule.view', row.owner_path),
      },
      state: { value: row.state, label: sessionStates[row.state], tone: toneOf(row.state) },
      reason: row.reason,
      window: { id: row.window_id, starts_at: row.window_starts_at },
      starts_at: row.starts_at,
      ended_at: row.ended_at,
    }
  })
}
