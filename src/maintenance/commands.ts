import { type Asker, requireTenant } from '../access/visible.ts'
import type { Tx } from '../db/operation.ts'
import { ofTenant } from '../db/scope.ts'
import { everyTenantTx } from '../db/scope-guard.ts'
import { Conflict } from '../errors.ts'
import { type Pace, paced } from '../pace.ts'
import { layOutOne } from '../schedules/plan.ts'
import { type OwnedSchedule, getSchedule } from '../schedules/queries.ts'
import { zonesOf } from '../schedules/tenant-zones.ts'
import { addElapsed } from '../schedules/windows.ts'
import { beginReading } from './covered.ts'
import { endSome } from './ending.ts'
import { fillWindows } from './opened.ts'
import { type Place, keyOf, textOf } from './place.ts'
import { getSession, getWindow } from './queries.ts'
import { listUnfinished } from './queue.ts'
import { type Came, recordWindows } from './record.ts'
import { type Round, newRound } from './round.ts'

/**
 * Runs a schedule now, for its usual length, also one that is disabled: opens a window for each of
 * its times and zones that has none open, with its sessions. Returns how many sessions there are.
 * Throws Conflict for a schedule that is deleted, that is open already, or that covers no computer.
 */
export async function runNow(
  tx: Tx,
  asker: Asker,
  schedule_id: number,
  reason: string,
  pace: Pace = paced(),
) {
  const schedule = await getSchedule(tx, asker, schedule_id, 'schedule.run')
  const { name } = schedule
  if (schedule.state === 'deleted') throw new Conflict(`“${name}” is deleted. Restore it first.`)
  const at = await requireTenant(tx, asker, 'schedule.run', schedule.tenant_id)
  const { id: order_id } = await tx
    .insertInto('maintenance_order')
    .values({ tenant_id: at, verb: 'run', schedule_id, reason })
    .returning('id')
    .executeTakeFirstOrThrow()
  const order = { local_start: `#${order_id}`, reason }
  const { opened, open } = await openNow(tx, schedule, order, pace)
  const sessions = opened.reduce((sum, one) => sum + one.sessions, 0)
  if (sessions === 0 && open > 0)
    throw new Conflict(`“${name}” has a window that is open. Cancel it first.`)
  if (sessions === 0) {
    const problem = opened.find((one) => one.problem)?.problem ?? ''
    throw new Conflict(`“${name}” covers no computer. ${problem}`.trimEnd())
  }
  return sessions
}

/** Opens what is not open of a schedule; says what came of it, and how much was open before. */
async function openNow(
  tx: Tx,
  schedule: OwnedSchedule,
  order: { local_start: string; reason: string },
  pace: Pace,
) {
  const round = newRound(tx.operation.at)
  const places = await listPlaces(tx, round, schedule)
  const unfinished = await listUnfinished(tx, places.map(keyOf))
  const isOpen = (place: Place) =>
    unfinished.get(textOf(keyOf(place)))?.some(({ state }) => state === 'open') ?? false
  const free = places.filter((place) => !isOpen(place))
  const came = free.map((place) => cameNow(place, order, round.now))
  const covered = await beginReading(tx, schedule, round.now)
  const recorded = await recordWindows(tx, came, round.now)
  if (recorded.length < came.length)
    throw new Error(`order ${order.local_start} has been carried out before`)
  const windows = recorded.map((one) => ({ ...one, covered }))
  const opened = await fillWindows(tx, round, windows, pace)
  return { opened, open: places.length - free.length }
}

/** Where the schedule may have windows: each of its times in each zone. */
async function listPlaces(tx: Tx, round: Round, schedule: OwnedSchedule): Promise<Place[]> {
  const zones = await round.zones(tx)
  const { regions, times } = await layOutOne(tx, schedule)
  const places: Place[] = []
  for (const [times_of, own] of times)
    for (const zone of await zonesOf(tx, zones, own, schedule.path))
      places.push({ schedule, times_of, times: own, zone, regions })
  return places
}

function cameNow(
  place: Place,
  { local_start, reason }: { local_start: string; reason: string },
  now: string,
): Came {
  const ends_at = addElapsed(now, place.times.window_minutes)
  return {
    opening: { ...place, local_start },
    term: { starts_at: now, ends_at, detect_at: now, cause: 'run_now' },
    state: 'open',
    reason,
  }
}

const UNENDED = ['pending', 'waiting', 'running', 'postponed'] as const

/** Some of the sessions of a window that are not over. */
const listUnended = (tx: Tx, window_id: number, limit: number) =>
  everyTenantTx(tx)
    .selectFrom('maintenance_session')
    .select('id')
    .where('window_id', '=', window_id)
    .where('state', 'in', UNENDED)
    .limit(limit)
    .execute()

/** Cancels a window that is open or queued, and each of its sessions that is not over yet. */
export async function cancelWindow(
  tx: Tx,
  asker: Asker,
  id: number,
  reason: string,
  pace: Pace = paced(),
) {
  const window = await getWindow(tx, asker, id, 'schedule.run')
  if (window.closed_at !== null) throw new Conflict('This window is over already.')
  const at = await requireTenant(tx, asker, 'schedule.run', window.tenant_id)
  await tx
    .insertInto('maintenance_order')
    .values({
      tenant_id: at,
      verb: 'cancel_window',
      schedule_id: window.schedule_id,
      window_id: id,
      reason,
    })
    .execute()
  const ended = {
    state: 'cancelled',
    reason: reason || 'Its window was cancelled.',
    ended_at: tx.operation.at,
  } as const
  await endSome(tx, (limit) => listUnended(tx, id, limit), ended, pace)
  await everyTenantTx(tx)
    .updateTable('maintenance_window')
    .set({ state: 'cancelled', reason, closed_at: tx.operation.at })
    .where('id', '=', id)
    .execute()
}

/** Cancels one session that is not over yet. */
export async function cancelSession(tx: Tx, asker: Asker, id: number, reason: string) {
  const session = await getSession(tx, asker, id, 'schedule.run')
  if (session.ended_at !== null) throw new Conflict('This session is over already.')
  const at = await requireTenant(tx, asker, 'schedule.run', session.tenant_id)
  const { schedule_id, window_id } = session
  await tx
    .insertInto('maintenance_order')
    .values({
      tenant_id: at,
      verb: 'cancel_session',
      schedule_id,
      window_id,
      session_id: id,
      reason,
    })
    .execute()
  await tx
    .updateTable('maintenance_session')
    .set({
      state: 'cancelled',
      reason: reason || 'Somebody cancelled it.',
      ended_at: tx.operation.at,
    })
    .where('id', '=', id)
    .where(ofTenant('maintenance_session.tenant_id', at))
    .execute()
}
