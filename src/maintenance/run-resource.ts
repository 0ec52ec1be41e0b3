import type { Actor } from '../access/actor.ts'
import { type Asker, requireTenant } from '../access/visible.ts'
import type { Db, Reads } from '../db/connection.ts'
import { ofTenant } from '../db/scope.ts'
import { idsIn } from '../db/search.ts'
import { NotFound } from '../errors.ts'
import { getSchedule } from '../schedules/queries.ts'
import { decodeCursor, encodeCursor } from '../web/cursor.ts'
import type { RunResource } from './api-schemas.ts'
import { orderIn } from './place.ts'
import { getWindow } from './queries.ts'
import { type Tally, tallyWindows } from './window-counts.ts'

/** The windows of a schedule that came, at whose owner the asker may see schedules. */
async function windowsOf(db: Reads, asker: Asker, schedule_id: number) {
  const { tenant_id } = await getSchedule(db, asker, schedule_id)
  const at = await requireTenant(db, asker, 'schedule.view', tenant_id)
  return db
    .selectFrom('maintenance_window as window')
    .selectAll('window')
    .where('window.schedule_id', '=', schedule_id)
    .where(ofTenant('window.tenant_id', at))
}

type Paged = { limit: number; cursor?: string | undefined }

/** A page of the runs of a schedule, the latest first, each with the counts of its sessions. */
export async function pageOfRuns(db: Db, actor: Actor, id: number, { limit, cursor }: Paged) {
  let query = (await windowsOf(db, actor, id))
    .orderBy('window.starts_at', 'desc')
    .orderBy('window.id', 'desc')
    .limit(limit + 1)
  if (cursor !== undefined) {
    const [starts_at, before] = decodeCursor(cursor, 2)
    query = query.where(({ eb, refTuple, tuple }) =>
      eb(refTuple('window.starts_at', 'window.id'), '<', tuple(String(starts_at), Number(before))),
    )
  }
  const found = await query.execute()
  const last = found.length > limit ? found[limit - 1]! : null
  return {
    runs: await withCounts(db, actor, found.slice(0, limit)),
    next_cursor: last && encodeCursor([last.starts_at, last.id]),
  }
}

/** The runs of a schedule with these ids, in order. */
export async function describeRuns(db: Reads, asker: Asker, schedule_id: number, ids: number[]) {
  const windows = await (
    await windowsOf(db, asker, schedule_id)
  )
    .where('window.id', 'in', idsIn(ids))
    .orderBy('window.id')
    .execute()
  return withCounts(db, asker, windows)
}

/** One run of a schedule. Throws NotFound for that of another schedule, as for none. */
export async function describeRun(db: Reads, asker: Asker, schedule_id: number, id: number) {
  const window = await getWindow(db, asker, id)
  if (window.schedule_id !== schedule_id) throw new NotFound(`run ${id} of schedule ${schedule_id}`)
  const [run] = await withCounts(db, asker, [window])
  return run!
}

type Row = Omit<RunResource, 'sessions' | 'local_start'> & { local_start: string }

async function withCounts(db: Reads, asker: Asker, windows: Row[]): Promise<RunResource[]> {
  const counts = await tallyWindows(
    db,
    asker,
    windows.map(({ id }) => id),
  )
  return windows.map((window) => toResource(window, counts.get(window.id) ?? []))
}

const toResource = (window: Row, counts: Tally[]): RunResource => ({
  id: window.id,
  schedule_id: window.schedule_id,
  zone: window.zone,
  local_start: orderIn(window.local_start) === null ? window.local_start : null,
  starts_at: window.starts_at,
  ends_at: window.ends_at,
  detect_at: window.detect_at,
  cause: window.cause,
  state: window.state,
  reason: window.reason,
  opened_at: window.opened_at,
  closed_at: window.closed_at,
  sessions: Object.fromEntries(counts.map(({ state, count }) => [state, count])),
})
