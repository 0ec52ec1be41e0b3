import type { SystemTx } from '../db/operation.ts'
import { rowTable } from '../db/row-table.ts'
import type { NextWindowTable } from '../db/schedule-schema.ts'
import type { Pace } from '../pace.ts'
import { NEXT, nextRow } from '../schedules/plan.ts'
import type { Window } from '../schedules/windows.ts'
import { beginReading } from './covered.ts'
import { type Due, decide, readPast } from './decide.ts'
import type { Unfilled } from './open.ts'
import { fillWindows } from './opened.ts'
import { type Place, type PlaceKey, findPlaces, keyOf } from './place.ts'
import { openNextQueued } from './queue.ts'
import { type Came, recordWindows } from './record.ts'
import type { Round } from './round.ts'

/** With so many computers in its windows, a transaction is large enough. */
const ENOUGH = 5000

/**
 * Deals with times that are due: decides, opens, and notes those that come next. Leaves off where
 * there are many computers; what remains is due still.
 */
export async function openSome(tx: SystemTx, round: Round, due: readonly Due[], pace: Pace) {
  const placeOf = await findPlaces(tx, due)
  const places = due.map(placeOf).filter((place) => place !== undefined)
  const pastOf = await readPast(tx, places, round.now)
  const gone: Due[] = []
  const decided: Decided[] = []
  let computers = 0
  for (const one of due) {
    const place = placeOf(one)
    if (!place) gone.push(one)
    else {
      const { came, next } = decide(place, one, pastOf(one), round.now)
      for (const opens of came.filter(({ state }) => state === 'open')) {
        opens.covered = await beginReading(tx, place.schedule, round.now)
        computers += opens.covered.first.length
      }
      decided.push({ place, came, next })
    }
    await pace(0, 0)
    if (computers >= ENOUGH) break
  }
  await carryOut(tx, round, decided, pace)
  await noteNext(tx, decided)
  for (const one of gone) await forget(tx, one)
}

/** What becomes of one time, and which comes next. */
type Decided = { place: Place; came: Came[]; next: Window | undefined }

/** Records what came, and fills what opens. */
async function carryOut(tx: SystemTx, round: Round, decided: readonly Decided[], pace: Pace) {
  const all = decided.flatMap(({ came }) => came)
  const recorded = await recordWindows(tx, all, round.now)
  await fillWindows(tx, round, recorded.filter(isToFill), pace)
  for (const { place, came } of decided)
    if (came.some(({ state }) => state === 'queued'))
      await openNextQueued(tx, round, keyOf(place), pace)
}

const isToFill = (one: Came & { id: number }): one is typeof one & Unfilled =>
  one.covered !== undefined

/** Puts the windows that come next in place of those that came; after the last one nothing is left. */
async function noteNext(tx: SystemTx, decided: readonly Decided[]) {
  const rows: NextWindowTable[] = []
  for (const { place, next } of decided)
    if (next) rows.push(nextRow(place.schedule, { times_of: place.times_of, window: next }))
    else await forget(tx, keyOf(place))
  if (rows.length === 0) return
  await tx
    .updateTable('next_window')
    .from(rowTable(rows, NEXT))
    .set((eb) => ({
      local_start: eb.ref('given.local_start'),
      starts_at: eb.ref('given.starts_at'),
      ends_at: eb.ref('given.ends_at'),
      detect_at: eb.ref('given.detect_at'),
    }))
    .whereRef('next_window.schedule_id', '=', 'given.schedule_id')
    .whereRef('next_window.override_id', '=', 'given.override_id')
    .whereRef('next_window.zone', '=', 'given.zone')
    .execute()
}

const forget = (tx: SystemTx, { schedule_id, override_id, zone }: PlaceKey) =>
  tx
    .deleteFrom('next_window')
    .where('schedule_id', '=', schedule_id)
    .where('override_id', '=', override_id)
    .where('zone', '=', zone)
    .execute()
