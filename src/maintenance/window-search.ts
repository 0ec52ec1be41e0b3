import { type Asker, visibleScope } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import { inScope } from '../db/scope.ts'
import { isUnfinished } from '../db/session-table.ts'
import { decodeCursor, encodeCursor } from '../web/cursor.ts'

type Page = { limit: number; after: string | null }

/** Those that are not over go before all others. */
type Part = 'unfinished' | 'over'

type From = { starts_at: string; id: number }

/**
 * The windows of a schedule that came and whose owner's schedules the asker may see, a page at a
 * time: first those that are open or queued, then all others, the latest first.
 */
export async function findWindows(
  db: Reads,
  asker: Asker,
  schedule_id: number,
  { limit, after }: Page,
) {
  const [part, starts_at, id] = after === null ? ['unfinished'] : decodeCursor(after, 3)
  const from = id === undefined ? null : { starts_at: String(starts_at), id: Number(id) }
  const read = (some: Part, start: From | null, most: number) =>
    readPart(db, asker, schedule_id, { part: some, from: start, limit: most })
  const unfinished = part === 'over' ? [] : await read('unfinished', from, limit + 1)
  const over = await read('over', part === 'over' ? from : null, limit + 1 - unfinished.length)
  const found = [...unfinished, ...over]
  const last = found.length > limit ? found[limit - 1]! : null
  return { rows: found.slice(0, limit), next: last && cursorOf(last) }
}

export type FoundWindow = Awaited<ReturnType<typeof findWindows>>['rows'][number]

const cursorOf = ({ closed_at, starts_at, id }: From & { closed_at: string | null }) =>
  encodeCursor([closed_at === null ? 'unfinished' : 'over', starts_at, id])

type Asked = { part: Part; from: From | null; limit: number }

function readPart(db: Reads, asker: Asker, schedule_id: number, { part, from, limit }: Asked) {
  const query = db
    .selectFrom('maintenance_window as window')
    .select(['window.id', 'window.zone', 'window.local_start', 'window.starts_at'])
    .select(['window.ends_at', 'window.closed_at', 'window.cause', 'window.state'])
    .select('window.reason')
    .where('window.schedule_id', '=', schedule_id)
    .where((eb) => (part === 'over' ? eb.not(isUnfinished) : isUnfinished))
    .where(inScope(visibleScope(asker, 'schedule.view'), 'window.tenant_id'))
    .orderBy('window.starts_at', 'desc')
    .orderBy('window.id', 'desc')
    .limit(limit)
  if (!from) return query.execute()
  return query
    .where(({ eb, refTuple, tuple }) =>
      eb(refTuple('window.starts_at', 'window.id'), '<', tuple(from.starts_at, from.id)),
    )
    .execute()
}
