import type { Db, Reads } from '../db/connection.ts'
import { type SystemTx, system } from '../db/operation.ts'
import { prepared } from '../db/prepared.ts'
import { everyTenant } from '../db/scope-guard.ts'
import { Busy } from '../errors.ts'
import type { Pace } from '../pace.ts'
import { type Decision, decideWindows, dueAndNext } from '../schedules/catch-up.ts'
import { detectAt } from '../schedules/plan.ts'
import { findSchedule } from '../schedules/queries.ts'
import { recurrenceOf } from '../schedules/stored.ts'
import { type Window, addElapsed } from '../schedules/windows.ts'
import { type Term, recordWindow } from './open.ts'
import { fillWindow } from './opened.ts'
import { type Place, type PlaceKey, findPlace } from './place.ts'
import { listUnfinished, openNextQueued } from './queue.ts'
import type { Round } from './round.ts'
import { reasonInWords } from './words.ts'

/** Times that are dealt with in one transaction. */
const AT_ONCE = 50

/** Windows that were missed are recorded one by one, up to so many of one time. */
const MOST_MISSED = 50

type Due = PlaceKey & { starts_at: string }

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
  const failed: Due[] = []
  for (let count = 0; ; count++) {
    const due = await listDue(db, round.now, AT_ONCE + failed.length)
    const some = due.filter((one) => !failed.some((other) => isSame(one, other))).slice(0, AT_ONCE)
    if (some.length === 0) return count > 0
    for (const { one, error } of await openApart(db, round, some, pace)) {
      failed.push(one)
      onFailure(one, error)
    }
  }
}

const isSame = (one: PlaceKey, other: PlaceKey) =>
  one.schedule_id === other.schedule_id &&
  one.override_id === other.override_id &&
  one.zone === other.zone

/** Opens some together; if that fails, each by itself. Returns those that fail. */
async function openApart(
  db: Db,
  round: Round,
  due: Due[],
  pace: Pace,
): Promise<{ one: Due; error: unknown }[]> {
  try {
    await system(db, async (tx) => {
      await round.refresh(tx)
      for (const one of due) {
        await openOne(tx, round, one, pace)
        await pace(0, 0)
      }
    })
    return []
  } catch (error) {
    round.forget()
    if (error instanceof Busy || (error as Error).name === 'AbortError') throw error
    if (due.length === 1) return [{ one: due[0]!, error }]
    const failures = []
    for (const one of due) failures.push(...(await openApart(db, round, [one], pace)))
    return failures
  }
}

/** What is due; not what has to be planned anew before. */
const dueRows = prepared((db, { now, limit }: { now: string; limit: number }) =>
  db
    .selectFrom('next_window')
    .select(['schedule_id', 'override_id', 'zone', 'starts_at'])
    .where('detect_at', '<=', now)
    .where((eb) =>
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
      ),
    )
    .orderBy('detect_at')
    .orderBy('schedule_id')
    .limit(limit),
)

const listDue = (db: Reads, now: string, limit: number): Promise<Due[]> =>
  dueRows(db, { now, limit })

const dueRow = prepared((db, { schedule_id, override_id, zone }: PlaceKey) =>
  db
    .selectFrom('next_window')
    .leftJoin('schedule_to_plan as change', 'change.schedule_id', 'next_window.schedule_id')
    .select(['next_window.starts_at', 'next_window.detect_at'])
    .where('change.schedule_id', 'is', null)
    .where('next_window.schedule_id', '=', schedule_id)
    .where('next_window.override_id', '=', override_id)
    .where('next_window.zone', '=', zone),
)

/**
 * Deals with one time that is due: decides, opens, and notes the next. Another process may have done
 * so, and somebody may have changed the schedule, since it was found.
 */
async function openOne(tx: SystemTx, round: Round, due: Due, pace: Pace) {
  const [row] = await dueRow(tx, due)
  if (!row || row.detect_at > round.now) return
  const schedule = await findSchedule(tx, due.schedule_id)
  const place = schedule?.state === 'enabled' && (await findPlace(tx, round, schedule, due))
  if (!place) return forget(tx, due)
  const { decisions, next } = await decide(tx, place, row.starts_at, round.now)
  for (const decision of recorded(decisions)) await carryOut(tx, round, place, decision, pace)
  if (decisions.some(({ outcome }) => outcome === 'queued'))
    await openNextQueued(tx, round, due, pace)
  await noteNext(tx, due, place, next)
}

/** What becomes of the windows that came, the first of them at `first`; and which comes next. */
async function decide(
  tx: SystemTx,
  { schedule, times_of, times, zone }: Place,
  first: string,
  now: string,
) {
  const key = { schedule_id: schedule.id, override_id: times_of, zone }
  const last_start = await lastStart(tx, key)
  const { due, next } = dueAndNext(recurrenceOf(times), zone, {
    since: addElapsed(first, -1 / 60_000),
    now: addElapsed(now, schedule.detection_minutes ?? 0),
    ...(last_start !== undefined && { last_start }),
  })
  if (due.length === 0) return { decisions: [], next }
  const unfinished = await listUnfinished(tx, key)
  const decisions = decideWindows(due, {
    now,
    missed: schedule.missed,
    within_days: schedule.missed_days,
    overlap: schedule.overlap,
    is_running: unfinished.some(
      ({ state, ends_at }) => state === 'queued' || ends_at > due[0]!.opens_at,
    ),
  })
  return { decisions, next }
}

const lastStarts = prepared((db, { schedule_id, override_id, zone }: PlaceKey) =>
  everyTenant(db)
    .selectFrom('maintenance_window')
    .select('local_start')
    .where('schedule_id', '=', schedule_id)
    .where('override_id', '=', override_id)
    .where('zone', '=', zone)
    .where('local_start', '>=', '0')
    .orderBy('local_start', 'desc')
    .limit(1),
)

/** The last time that was recorded; what an order started has no place among them. */
const lastStart = async (db: Reads, key: PlaceKey) => (await lastStarts(db, key))[0]?.local_start

type Recorded = Decision & { before?: number }

/** The decisions that are recorded, each by itself; the first says how many there were before it. */
function recorded(decisions: Decision[]): Recorded[] {
  const missed = decisions.filter(({ outcome }) => outcome === 'missed')
  const before = missed.slice(0, Math.max(0, missed.length - MOST_MISSED))
  if (before.length === 0) return decisions
  const rest = decisions.filter((decision) => !before.includes(decision))
  return rest.map((decision, at) => (at === 0 ? { ...decision, before: before.length } : decision))
}

async function carryOut(
  tx: SystemTx,
  round: Round,
  place: Place,
  { window, outcome, reason, closes_at, before = 0 }: Recorded,
  pace: Pace,
) {
  const { now } = round
  const opening = { ...place, local_start: window.start }
  const isLate = outcome === 'catch_up' || (outcome === 'queued' && closes_at === undefined)
  const term: Term = {
    starts_at: outcome === 'catch_up' ? now : window.opens_at,
    ends_at: closes_at ?? window.closes_at,
    detect_at: outcome === 'catch_up' ? now : detectAt(place.schedule, window),
    cause: isLate ? 'caught_up' : 'due',
  }
  const opens = outcome === 'open' || outcome === 'catch_up'
  const state = opens ? 'open' : outcome === 'queued' ? 'queued' : 'skipped'
  const words = [reasonInWords(reason), before > 0 ? `So it was with ${before} before it.` : '']
  const about = { state, reason: words.filter(Boolean).join(' '), now } as const
  const id = await recordWindow(tx, opening, term, about)
  if (id !== null && opens) await fillWindow(tx, round, id, opening, term, pace)
}

type Next = PlaceKey & Pick<Window, 'start' | 'opens_at' | 'closes_at'> & { detect_at: string }

const putNext = prepared((db, next: Next) =>
  (db as SystemTx)
    .updateTable('next_window')
    .set({
      local_start: next.start,
      starts_at: next.opens_at,
      ends_at: next.closes_at,
      detect_at: next.detect_at,
    })
    .where('schedule_id', '=', next.schedule_id)
    .where('override_id', '=', next.override_id)
    .where('zone', '=', next.zone),
)

async function noteNext(tx: SystemTx, due: Due, { schedule }: Place, next: Window | undefined) {
  if (!next) return forget(tx, due)
  await putNext(tx, { ...due, ...next, detect_at: detectAt(schedule, next) })
}

const forget = (tx: SystemTx, { schedule_id, override_id, zone }: PlaceKey) =>
  tx
    .deleteFrom('next_window')
    .where('schedule_id', '=', schedule_id)
    .where('override_id', '=', override_id)
    .where('zone', '=', zone)
    .execute()
