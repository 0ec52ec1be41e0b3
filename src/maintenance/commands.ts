import { type Asker, requireTenant } from '../access/visible.ts'
import type { Tx } from '../db/operation.ts'
import { ofTenant } from '../db/scope.ts'
import { everyTenantTx } from '../db/scope-guard.ts'
import { Conflict } from '../errors.ts'
import { type Pace, paced } from '../pace.ts'
import { timesInForce } from '../schedules/plan.ts'
import { type OwnedSchedule, getSchedule } from '../schedules/queries.ts'
import { regionsOf } from '../schedules/regions.ts'
import { zonesOf } from '../schedules/tenant-zones.ts'
import { addElapsed } from '../schedules/windows.ts'
import { type Term, recordWindow } from './open.ts'
import { fillWindow } from './opened.ts'
import type { Place } from './place.ts'
import { getSession, getWindow } from './queries.ts'
import { listUnfinished } from './queue.ts'
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
  const round = newRound(tx.operation.at)
  const sums = { sessions: 0, open: 0, problem: '' }
  for (const place of await listPlaces(tx, round, schedule)) {
    if (await isOpen(tx, place)) {
      sums.open++
      continue
    }
    const opened = await openNow(tx, round, place, { local_start: `#${order_id}`, reason }, pace)
    sums.sessions += opened.sessions
    sums.problem ||= opened.problem
  }
  if (sums.sessions === 0 && sums.open > 0)
    throw new Conflict(`“${name}” has a window that is open. Cancel it first.`)
  if (sums.sessions === 0)
    throw new Conflict(`“${name}” covers no computer. ${sums.problem}`.trimEnd())
  return sums.sessions
}

/** Where the schedule may have windows: each of its times in each zone. */
async function listPlaces(tx: Tx, round: Round, schedule: OwnedSchedule): Promise<Place[]> {
  const zones = await round.zones(tx)
  const regions = await regionsOf(tx, schedule)
  const places: Place[] = []
  for (const [times_of, times] of await timesInForce(tx, schedule, regions))
    for (const zone of await zonesOf(tx, zones, times, schedule.path))
      places.push({ schedule, times_of, times, zone, regions, zones })
  return places
}

async function isOpen(tx: Tx, { schedule, times_of, zone }: Place) {
  const key = { schedule_id: schedule.id, override_id: times_of, zone }
  return (await listUnfinished(tx, key)).some(({ state }) => state === 'open')
}

async function openNow(
  tx: Tx,
  round: Round,
  place: Place,
  { local_start, reason }: { local_start: string; reason: string },
  pace: Pace,
) {
  const { now } = round
  const ends_at = addElapsed(now, place.times.window_minutes)
  const term: Term = { starts_at: now, ends_at, detect_at: now, cause: 'run_now' }
  const opening = { ...place, local_start }
  const id = await recordWindow(tx, opening, term, { state: 'open', reason, now })
  if (id === null) throw new Error(`order ${local_start} has been carried out before`)
  return fillWindow(tx, round, id, opening, term, pace)
}

const OVER = ['passed', 'partly_passed', 'failed', 'cancelled', 'missed', 'skipped'] as const

/** Cancels a window that is open or queued, and each of its sessions that is not over yet. */
export async function cancelWindow(tx: Tx, asker: Asker, id: number, reason: string) {
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
  const all = everyTenantTx(tx)
  await all
    .updateTable('maintenance_session')
    .set({
      state: 'cancelled',
      reason: reason || 'Its window was cancelled.',
      ended_at: tx.operation.at,
    })
    .where('window_id', '=', id)
    .where('state', 'not in', OVER)
    .execute()
  await all
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
