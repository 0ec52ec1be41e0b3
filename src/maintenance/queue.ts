import type { Reads } from '../db/connection.ts'
import type { SystemTx } from '../db/operation.ts'
import { prepared } from '../db/prepared.ts'
import { givenTable, rowsJson } from '../db/row-table.ts'
import { everyTenant, everyTenantTx } from '../db/scope-guard.ts'
import { isUnfinished } from '../db/session-table.ts'
import type { Pace } from '../pace.ts'
import { findSchedule } from '../schedules/queries.ts'
import { addElapsed, elapsedMinutes, overlaps, spanOf } from '../schedules/windows.ts'
import { beginReading } from './covered.ts'
import { endWindows } from './ending.ts'
import { fillWindows } from './opened.ts'
import { PLACE, type Place, type PlaceKey, findPlaces, textOf } from './place.ts'
import type { Term } from './record.ts'
import type { Round } from './round.ts'

const openOrQueued = prepared((db, { keys }: { keys: string }) =>
  everyTenant(db)
    .selectFrom(givenTable<PlaceKey>(keys, PLACE))
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
  const rows = await openOrQueued(db, { keys: rowsJson(keys, PLACE) })
  return Map.groupBy(rows, textOf)
}

/** A window that is open, or waits for its turn. */
export type Unfinished = Awaited<ReturnType<typeof openOrQueued>>[number]

/**
 * Opens the windows that wait for their turn and would run while none of the same times is open: first
 * what is in its time, then what is to be caught up with. What is over before its turn comes is
 * skipped, unless it was missed anyway.
 */
export async function openNextQueued(tx: SystemTx, round: Round, key: PlaceKey, pace: Pace) {
  // Each turn opens or skips one, and so makes the queue shorter.
  while (true) {
    const rows = (await listUnfinished(tx, [key])).get(textOf(key)) ?? []
    const turn = await nextInTurn(tx, rows, round.now)
    if (!turn) return
    const { row, place, problem } = turn
    if (problem) await endWindows(tx, [row.id], { state: 'skipped', reason: problem }, round.now)
    else await openQueued(tx, round, row, place!, pace)
  }
}

/** The first that can open, or has to be skipped. */
async function nextInTurn(tx: SystemTx, rows: Unfinished[], now: string) {
  const isLate = ({ cause }: Unfinished) => cause === 'caught_up'
  const queued = rows.filter(({ state }) => state === 'queued')
  const taken = rows.filter(({ state }) => state === 'open').map(spanOf)
  for (const row of [...queued.filter((one) => !isLate(one)), ...queued.filter(isLate)]) {
    const span = spanOf(termOf(row, now))
    if (!taken.some((other) => overlaps(span, other))) {
      const place = (await findPlaces(tx, [row]))(row)
      return { row, place, problem: await problemOf(tx, row, place, now) }
    }
    // What is in its time keeps its place also against those that come after it.
    if (!isLate(row)) taken.push(span)
  }
  return undefined
}

/** Why a window that waits does not open any more; '' where it does. */
async function problemOf(
  tx: SystemTx,
  { cause, ends_at, schedule_id }: Unfinished,
  place: Place | undefined,
  now: string,
) {
  if (cause === 'due' && ends_at <= now) return 'Its time was over before the window before it was.'
  if (place) return ''
  const schedule = await findSchedule(tx, schedule_id)
  return schedule?.state === 'enabled'
    ? 'Its times did not count any more when its turn came.'
    : 'Its schedule was disabled before its turn came.'
}

async function openQueued(tx: SystemTx, round: Round, row: Unfinished, place: Place, pace: Pace) {
  const term = termOf(row, round.now)
  await everyTenantTx(tx)
    .updateTable('maintenance_window')
    .set({ state: 'open', ...term, is_ahead: term.starts_at > round.now ? 1 : 0, reason: '' })
    .where('id', '=', row.id)
    .execute()
  const opening = { ...place, local_start: row.local_start }
  const covered = await beginReading(tx, place.schedule, round.now)
  const window = { id: row.id, opening, term: { ...term, cause: row.cause }, covered }
  await fillWindows(tx, round, [window], pace)
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
