import type { Reads } from '../db/connection.ts'
import type { SystemTx } from '../db/operation.ts'
import { prepared } from '../db/prepared.ts'
import { givenTable, rowsJson } from '../db/row-table.ts'
import { everyTenant, everyTenantTx } from '../db/scope-guard.ts'
import { isUnfinished } from '../db/session-table.ts'
import type { Pace } from '../pace.ts'
import { findSchedule } from '../schedules/queries.ts'
import { addElapsed, elapsedMinutes } from '../schedules/windows.ts'
import { beginReading } from './covered.ts'
import { fillWindows } from './opened.ts'
import { type PlaceKey, findPlaces, textOf } from './place.ts'
import type { Term } from './record.ts'
import type { Round } from './round.ts'

const KEY = ['schedule_id', 'override_id', 'zone'] as const

const openOrQueued = prepared((db, { keys }: { keys: string }) =>
  everyTenant(db)
    .selectFrom(givenTable<PlaceKey>(keys, KEY))
    .crossJoin('maintenance_window as unfinished')
    .selectAll('unfinished')
    .whereRef('unfinished.schedule_id', '=', 'given.schedule_id')
    .whereRef('unfinished.override_id', '=', 'given.override_id')
    .whereRef('unfinished.zone', '=', 'given.zone')
    .where(isUnfinished)
    .orderBy('unfinished.local_start'),
)

/**
 * The windows of some times in their zones that are open, or wait for their turn: by the text of the
 * key, the first on the clock first.
 */
export async function listUnfinished(db: Reads, keys: readonly PlaceKey[]) {
  const rows = await openOrQueued(db, { keys: rowsJson(keys, KEY) })
  return Map.groupBy(rows, textOf)
}

/** A window that is open, or waits for its turn. */
export type Unfinished = Awaited<ReturnType<typeof openOrQueued>>[number]

/**
 * Opens the window that waits for its turn, if none of the same times is open any more. One whose
 * time is over before its turn comes is skipped, unless it was to be caught up with anyway.
 */
export async function openNextQueued(tx: SystemTx, round: Round, key: PlaceKey, pace: Pace) {
  while (true) {
    const rows = (await listUnfinished(tx, [key])).get(textOf(key)) ?? []
    const next = rows.find(({ state }) => state === 'queued')
    if (!next || rows.some(({ state }) => state === 'open')) return
    const problem = await openQueued(tx, round, next, pace)
    if (problem) await skip(tx, next.id, problem, round.now)
  }
}

/** Opens it, or says why it does not. */
async function openQueued(tx: SystemTx, round: Round, row: Unfinished, pace: Pace) {
  if (row.cause === 'due' && row.ends_at <= round.now)
    return 'Its time was over before the window before it was.'
  const schedule = await findSchedule(tx, row.schedule_id)
  if (schedule?.state !== 'enabled') return 'Its schedule was disabled before its turn came.'
  const place = (await findPlaces(tx, [row]))(row)
  if (!place) return 'Its times did not count any more when its turn came.'
  const term = termOf(row, round.now)
  await everyTenantTx(tx)
    .updateTable('maintenance_window')
    .set({ state: 'open', ...term, reason: '' })
    .where('id', '=', row.id)
    .execute()
  const opening = { ...place, local_start: row.local_start }
  const covered = await beginReading(tx, schedule, round.now)
  const window = { id: row.id, opening, term: { ...term, cause: row.cause }, covered }
  await fillWindows(tx, round, [window], pace)
  return ''
}

/** What was missed gets its usual length; all else keeps its end. */
function termOf(
  { cause, starts_at, ends_at, detect_at }: Unfinished,
  now: string,
): Omit<Term, 'cause'> {
  if (cause === 'caught_up') {
    const length = elapsedMinutes(starts_at, ends_at)
    return { starts_at: now, ends_at: addElapsed(now, length), detect_at: now }
  }
  return { starts_at: starts_at > now ? starts_at : now, ends_at, detect_at }
}

const skip = (tx: SystemTx, id: number, reason: string, now: string) =>
  everyTenantTx(tx)
    .updateTable('maintenance_window')
    .set({ state: 'skipped', reason, closed_at: now })
    .where('id', '=', id)
    .execute()
