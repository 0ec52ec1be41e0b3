import type { Db, Reads } from '../db/connection.ts'
import { type SystemTx, system } from '../db/operation.ts'
import { everyTenant } from '../db/scope-guard.ts'
import { type Pace, paced } from '../pace.ts'
import { type Decision, decideWindows, dueWindows } from '../schedules/catch-up.ts'
import { detectAt, lookedAt, nextRow, timesInForce } from '../schedules/plan.ts'
import { type OwnedSchedule, findSchedule } from '../schedules/queries.ts'
import { regionsOf } from '../schedules/regions.ts'
import { recurrenceOf } from '../schedules/stored.ts'
import { type Zones, readZones } from '../schedules/tenant-zones.ts'
import { addElapsed, nextWindow } from '../schedules/windows.ts'
import { type Opening, type Term, openSessions, recordWindow } from './open.ts'
import { reasonInWords } from './words.ts'

/** Times that are dealt with in one transaction. */
const AT_ONCE = 20

/** Windows that were missed are recorded one by one, up to so many of one time. */
const MOST_MISSED = 50

type Due = { schedule_id: number; override_id: number; zone: string; detect_at: string }

/**
 * Opens every window whose time has come, with its sessions, and decides about those that came while
 * nothing looked. What one transaction did stays done, whatever happens to the next.
 */
export async function openDueWindows(db: Db, pace: Pace = paced()) {
  let zones: Zones | undefined
  while (true) {
    const now = db.now()
    const due = await listDue(db, now)
    if (due.length === 0) return
    zones ??= await readZones(db, now)
    const known = zones
    await system(db, async (tx) => {
      for (const one of due) await openOne(tx, one, known, now, pace)
    })
  }
}

const listDue = (db: Reads, now: string): Promise<Due[]> =>
  db
    .selectFrom('next_window')
    .select(['schedule_id', 'override_id', 'zone', 'detect_at'])
    .where('detect_at', '<=', now)
    .orderBy('detect_at')
    .orderBy('schedule_id')
    .limit(AT_ONCE)
    .execute()

/** Deals with one time that is due: decides, opens, and notes the next. */
async function openOne(tx: SystemTx, due: Due, zones: Zones, now: string, pace: Pace) {
  const schedule = await findSchedule(tx, due.schedule_id)
  const opening = schedule?.state === 'enabled' && (await openingOf(tx, schedule, due, zones))
  if (!opening) return forget(tx, due)
  for (const decision of await decide(tx, opening, now))
    await carryOut(tx, opening, decision, now, pace)
  await noteNext(tx, opening, now)
}

/** Where the window is; undefined where these times do not count any more. */
async function openingOf(
  tx: SystemTx,
  schedule: OwnedSchedule,
  { override_id: times_of, zone }: Due,
  zones: Zones,
): Promise<Omit<Opening, 'local_start'> | undefined> {
  const regions = await regionsOf(tx, schedule)
  const times = (await timesInForce(tx, schedule, regions)).get(times_of)
  return times && { schedule, times_of, times, zone, regions, zones }
}

type Place = Omit<Opening, 'local_start'>

/** What becomes of the windows that came since the last look. */
async function decide(tx: SystemTx, { schedule, times_of, times, zone }: Place, now: string) {
  const until = addElapsed(now, schedule.detection_minutes ?? 0)
  const last_start = await lastStart(tx, schedule.id, times_of, zone)
  const since = (await lookedAt(tx)) ?? now
  const due = dueWindows(recurrenceOf(times), zone, {
    since,
    now: until,
    ...(last_start !== undefined && { last_start }),
  })
  if (due.length === 0) return []
  return decideWindows(due, {
    now,
    missed: schedule.missed,
    within_days: schedule.missed_days,
    overlap: schedule.overlap,
    is_running: await isRunning(tx, schedule.id, times_of, zone, due[0]!.opens_at),
  })
}

/** The last time that was recorded; what an order started has no place among them. */
async function lastStart(db: Reads, schedule_id: number, times_of: number, zone: string) {
  const row = await everyTenant(db)
    .selectFrom('maintenance_window')
    .select('local_start')
    .where('schedule_id', '=', schedule_id)
    .where('override_id', '=', times_of)
    .where('zone', '=', zone)
    .where('local_start', '>=', '0')
    .orderBy('local_start', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.local_start
}

/** Whether a window of the same times is still being worked off when the next one opens. */
async function isRunning(
  db: Reads,
  schedule_id: number,
  times_of: number,
  zone: string,
  opens_at: string,
) {
  const row = await everyTenant(db)
    .selectFrom('maintenance_window')
    .select('id')
    .where('schedule_id', '=', schedule_id)
    .where('override_id', '=', times_of)
    .where('zone', '=', zone)
    .where((eb) =>
      eb.or([
        eb('state', '=', 'queued'),
        eb.and([eb('state', '=', 'open'), eb('ends_at', '>', opens_at)]),
      ]),
    )
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

async function carryOut(
  tx: SystemTx,
  place: Place,
  { window, outcome, reason, closes_at = window.closes_at }: Decision,
  now: string,
  pace: Pace,
) {
  const key = { ...place, local_start: window.start }
  const term: Term = {
    starts_at: outcome === 'catch_up' ? now : window.opens_at,
    ends_at: closes_at,
    detect_at: outcome === 'catch_up' ? now : detectAt(place.schedule, window),
    cause: outcome === 'catch_up' ? 'caught_up' : 'due',
  }
  const opens = outcome === 'open' || outcome === 'catch_up'
  const state = opens ? 'open' : outcome === 'queued' ? 'queued' : 'skipped'
  const id = await recordWindow(tx, key, term, { state, reason: reasonInWords(reason), now })
  if (id !== null && opens) await openSessions(tx, id, key, term, now, pace)
}

async function noteNext(tx: SystemTx, { schedule, times_of, times, zone }: Place, now: string) {
  await forget(tx, { schedule_id: schedule.id, override_id: times_of, zone })
  const after = addElapsed(now, schedule.detection_minutes ?? 0)
  const window = nextWindow(recurrenceOf(times), zone, after)
  if (!window) return
  const row = nextRow(schedule.id, { times_of, window, detect_at: detectAt(schedule, window) })
  await tx.insertInto('next_window').values(row).execute()
}

const forget = (tx: SystemTx, { schedule_id, override_id, zone }: Omit<Due, 'detect_at'>) =>
  tx
    .deleteFrom('next_window')
    .where('schedule_id', '=', schedule_id)
    .where('override_id', '=', override_id)
    .where('zone', '=', zone)
    .execute()
