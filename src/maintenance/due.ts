import type { ExpressionBuilder } from 'kysely'
import type { Db } from '../db/connection.ts'
import { system } from '../db/operation.ts'
import { prepared } from '../db/prepared.ts'
import { givenTable, rowsJson } from '../db/row-table.ts'
import type { Schema } from '../db/schema.ts'
import { type Pace, halves, isInterruption } from '../pace.ts'
import { openSome } from './open-due.ts'
import { PLACE, type PlaceKey, textOf } from './place.ts'
import type { Round } from './round.ts'

/** Times that are dealt with in one transaction. */
const AT_ONCE = 400

/**
 * Opens every window whose time has come, with its sessions, and decides about those that came while
 * nothing looked. What one transaction did stays done, whatever happens to the next. A schedule whose
 * windows cannot be opened keeps no other waiting: `onFailure` is told. Returns whether there was any.
 */
export async function openDueWindows(
  db: Db,
  round: Round,
  pace: Pace,
  onFailure: (due: PlaceKey, error: unknown) => void,
) {
  const failed = new Set<string>()
  for (let count = 0; ; count++) {
    const due = await dueRows(db, { now: round.now, limit: AT_ONCE + failed.size })
    const some = due.filter((one) => !failed.has(textOf(one))).slice(0, AT_ONCE)
    if (some.length === 0) return count > 0
    for (const { one, error } of await openApart(db, round, some, pace)) {
      failed.add(textOf(one))
      onFailure(one, error)
    }
  }
}

/** Opens some together; if that fails, one half and the other. Returns those that fail. */
async function openApart(
  db: Db,
  round: Round,
  keys: readonly PlaceKey[],
  pace: Pace,
): Promise<{ one: PlaceKey; error: unknown }[]> {
  try {
    await system(db, async (tx) => {
      await round.refresh(tx)
      // Another process may have dealt with some, and somebody may have changed a schedule.
      const due = await dueAmong(tx, { now: round.now, keys: rowsJson(keys, PLACE) })
      await openSome(tx, round, due, pace)
    })
    return []
  } catch (error) {
    round.forget()
    if (isInterruption(error)) throw error
    if (keys.length === 1) return [{ one: keys[0]!, error }]
    const failures = []
    for (const half of halves(keys)) failures.push(...(await openApart(db, round, half, pace)))
    return failures
  }
}

/** What is due; not what has to be planned anew before. */
const dueRows = prepared((db, { now, limit }: { now: string; limit: number }) =>
  db
    .selectFrom('next_window')
    .select(PLACE)
    .where('detect_at', '<=', now)
    .where(isPlanned)
    .orderBy('detect_at')
    .orderBy('schedule_id')
    .limit(limit),
)

/** The same of some only. */
const dueAmong = prepared((db, { now, keys }: { now: string; keys: string }) =>
  db
    .selectFrom(givenTable<PlaceKey>(keys, PLACE))
    .crossJoin('next_window')
    .select(['next_window.schedule_id', 'next_window.override_id', 'next_window.zone'])
    .select('next_window.starts_at')
    .whereRef('next_window.schedule_id', '=', 'given.schedule_id')
    .whereRef('next_window.override_id', '=', 'given.override_id')
    .whereRef('next_window.zone', '=', 'given.zone')
    .where('next_window.detect_at', '<=', now)
    .where(isPlanned)
    .orderBy('next_window.detect_at')
    .orderBy('next_window.schedule_id'),
)

const isPlanned = (eb: ExpressionBuilder<Schema, 'next_window'>) =>
  eb.not(
    eb.exists(
      eb
        .selectFrom('schedule_to_plan')
        .select('schedule_to_plan.schedule_id')
        .where((of) =>
          of.or([
            of('schedule_to_plan.schedule_id', '=', of.ref('next_window.schedule_id')),
            of('schedule_to_plan.schedule_id', '=', 0),
          ]),
        ),
    ),
  )
