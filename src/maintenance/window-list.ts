import type { Asker } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import { authorsOf } from './authors.ts'
import { orderIn } from './place.ts'
import { type Tally, tallyWindows } from './window-counts.ts'
import { type FoundWindow, findWindows } from './window-search.ts'
import { windowStates } from './words.ts'

/** A window of a schedule as a list shows it. */
export type ListedWindow = Pick<FoundWindow, 'id' | 'starts_at' | 'ends_at' | 'zone' | 'reason'> & {
  state: FoundWindow['state']
  state_label: string
  /** By the clock on the wall there; null for one that somebody ordered. */
  local_start: string | null
  /** Who ordered it; null where nobody did, or the reader may not see them. */
  ordered_by: string | null
  counts: Tally[]
}

export type WindowList = { windows: ListedWindow[]; next: string | null }

/** A page of the windows of a schedule that came, open ones first, each with what it came to. */
export async function listWindows(
  db: Reads,
  asker: Asker,
  schedule_id: number,
  page: { limit: number; after: string | null },
): Promise<WindowList> {
  const { rows, next } = await findWindows(db, asker, schedule_id, page)
  const counts = await tallyWindows(
    db,
    asker,
    rows.map(({ id }) => id),
  )
  const authors = await authorsOf(
    db,
    asker,
    rows.flatMap(({ local_start }) => orderIn(local_start) ?? []),
  )
  const windows = rows.map(({ closed_at: _closed, cause: _cause, local_start, ...row }) => {
    const order = orderIn(local_start)
    return {
      ...row,
      state_label: windowStates[row.state],
      local_start: order === null ? local_start : null,
      ordered_by: order === null ? null : (authors.get(order) ?? null),
      counts: counts.get(row.id) ?? [],
    }
  })
  return { windows, next }
}
