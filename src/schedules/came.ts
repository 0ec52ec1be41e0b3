import { type Asker, visibleScope } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import { branchOf, filterByBranch, inScope } from '../db/scope.ts'
import { everyTenant } from '../db/scope-guard.ts'
import { addElapsed } from './windows.ts'

/** Windows that are read, the latest first. */
const MOST_PAST = 1000

/** Those whose sessions are looked for, since the schedule has no such windows there any more. */
const MOST_FORMER = 50

/** A window may have opened so long before: the longest lasts a week, and clocks go back. */
const LONGEST_MINUTES = 8 * 24 * 60

type Range = { from: string; to: string }

/** The windows of some schedules that came, and were open at some moment of a time. */
export async function listCame(db: Reads, schedule_ids: number[], { from, to }: Range) {
  const rows = await everyTenant(db)
    .selectFrom('maintenance_window as window')
    .select(['window.id', 'window.schedule_id', 'window.override_id', 'window.zone'])
    .select(['window.local_start', 'window.starts_at', 'window.ends_at', 'window.state'])
    .where('window.schedule_id', 'in', [...schedule_ids, 0])
    .where('window.starts_at', '>=', addElapsed(from, -LONGEST_MINUTES))
    .where('window.ends_at', '>', from)
    .where('window.starts_at', '<', to)
    .orderBy('window.starts_at', 'desc')
    .limit(MOST_PAST)
    .execute()
  return { rows, is_cut: rows.length === MOST_PAST }
}

export type CameWindow = Awaited<ReturnType<typeof listCame>>['rows'][number]

/**
 * Those of the windows that had sessions at tenants at or below a path which the asker sees. Looks at
 * the first of them, and says whether there are more.
 */
export async function withSessionsAt(
  db: Reads,
  asker: Asker,
  windows: CameWindow[],
  path: string,
): Promise<{ ids: Set<number>; is_cut: boolean }> {
  const asked = windows.slice(0, MOST_FORMER).map(({ id }) => id)
  const is_cut = windows.length > MOST_FORMER
  if (asked.length === 0) return { ids: new Set(), is_cut }
  const rows = await db
    .selectFrom('maintenance_session as session')
    .innerJoin('tenant', 'tenant.id', 'session.tenant_id')
    .select('session.window_id')
    .distinct()
    .where('session.window_id', 'in', asked)
    .where(filterByBranch(branchOf(path), 'tenant.path'))
    .where(inScope(visibleScope(asker, 'schedule.view'), 'tenant.path'))
    .execute()
  return { ids: new Set(rows.map(({ window_id }) => window_id)), is_cut }
}
