import type { Db, Reads } from '../db/connection.ts'
import { type SystemTx, system } from '../db/operation.ts'
import { everyTenant, everyTenantTx } from '../db/scope-guard.ts'
import { idTable } from '../db/search.ts'
import { type OwnedSchedule, findSchedule } from './queries.ts'
import { type ScheduleRegion, regionsOf } from './regions.ts'
import { type Times, readOverride, recurrenceOf } from './stored.ts'
import { type Window, nextWindow } from './windows.ts'
import { type Zones, readZones, zonesOf } from './tenant-zones.ts'

/** Stands in `schedule_to_plan` for every schedule. */
const ALL = 0

/** Schedules planned in one transaction. */
const AT_ONCE = 50

/** A next window: whose times it follows, and when. */
export type Planned = { times_of: number; window: Window; detect_at: string }

/** The times that count somewhere in the branch of a schedule, by the override they are of (or 0). */
export async function timesInForce(
  db: Reads,
  schedule: OwnedSchedule,
  regions: ScheduleRegion[],
): Promise<Map<number, Times>> {
  const wanted = new Set(
    regions
      .filter(({ standing }) => standing.effect === 'on')
      .map(({ standing }) => standing.times_of),
  )
  const times = new Map<number, Times>()
  if (wanted.delete(0)) times.set(0, schedule)
  if (wanted.size === 0) return times
  const rows = await everyTenant(db)
    .selectFrom('schedule_override')
    .selectAll()
    .where('id', 'in', [...wanted])
    .execute()
  for (const row of rows) times.set(row.id, readOverride(row).times!)
  return times
}

/** The next windows of a schedule that open after an instant, in each zone; none where it is off. */
export async function planSchedule(
  db: Reads,
  schedule: OwnedSchedule,
  zones: Zones,
  after: string,
): Promise<Planned[]> {
  if (schedule.state !== 'enabled') return []
  const times = await timesInForce(db, schedule, await regionsOf(db, schedule))
  const planned: Planned[] = []
  for (const [times_of, own] of times)
    for (const zone of await zonesOf(db, zones, own, schedule.path)) {
      const window = nextWindow(recurrenceOf(own), zone, after)
      if (window) planned.push({ times_of, window, detect_at: detectAt(schedule, window) })
    }
  return planned
}

/** When detection starts: so long before the window, or with it. */
export function detectAt(
  { detection_minutes }: Pick<OwnedSchedule, 'detection_minutes'>,
  { opens_at }: Window,
) {
  if (detection_minutes === null) return opens_at
  return Temporal.Instant.from(opens_at)
    .subtract({ minutes: detection_minutes })
    .toString({ smallestUnit: 'millisecond' })
}

/**
 * Works out anew the next windows of every schedule that changed, or whose tenants or zones did,
 * since this was called last. A window that is due already and was not opened yet stays.
 */
export async function planWhatChanged(db: Db) {
  const all = await isAllToPlan(db)
  if (all) await noteEverySchedule(db)
  let zones: Zones | undefined
  while (true) {
    const ids = await nextToPlan(db)
    if (ids.length === 0) return
    zones ??= await readZones(db, db.now())
    await planSome(db, ids, zones)
  }
}

const isAllToPlan = async (db: Reads) =>
  (await db
    .selectFrom('schedule_to_plan')
    .select('schedule_id')
    .where('schedule_id', '=', ALL)
    .executeTakeFirst()) !== undefined

/** In place of "all", each of them: what was done stays done if it is interrupted. */
const noteEverySchedule = (db: Db) =>
  system(db, async (tx) => {
    await everyTenantTx(tx)
      .insertInto('schedule_to_plan')
      .columns(['schedule_id'])
      .expression(
        everyTenant(tx).selectFrom('schedule').select('id').where('state', '=', 'enabled'),
      )
      .onConflict((oc) => oc.doNothing())
      .execute()
    await tx.deleteFrom('schedule_to_plan').where('schedule_id', '=', ALL).execute()
  })

/** Some of the schedules that are to be planned. */
async function nextToPlan(db: Reads) {
  const rows = await db
    .selectFrom('schedule_to_plan')
    .select('schedule_id')
    .where('schedule_id', '<>', ALL)
    .orderBy('schedule_id')
    .limit(AT_ONCE)
    .execute()
  return rows.map(({ schedule_id }) => schedule_id)
}

/**
 * Plans some schedules as they are inside the transaction: a change that comes meanwhile waits for
 * it, and notes the schedule again.
 */
const planSome = (db: Db, ids: number[], zones: Zones) =>
  system(db, async (tx) => {
    const after = (await lookedAt(tx)) ?? db.now()
    for (const id of ids) {
      const schedule = await findSchedule(tx, id)
      const planned = schedule ? await planSchedule(tx, schedule, zones, after) : []
      await keepPlan(tx, id, planned)
    }
    await tx
      .deleteFrom('schedule_to_plan')
      .where('schedule_id', 'in', (eb) => eb.selectFrom(idTable(JSON.stringify(ids))).select('id'))
      .execute()
  })

/** Until when every window was opened that had to be; undefined before the first look. */
export async function lookedAt(db: Reads) {
  const row = await db.selectFrom('scheduler').select('looked_at').executeTakeFirst()
  return row?.looked_at
}

/** Puts the next windows of a schedule in place of those that it had. */
async function keepPlan(tx: SystemTx, schedule_id: number, planned: Planned[]) {
  await tx.deleteFrom('next_window').where('schedule_id', '=', schedule_id).execute()
  if (planned.length === 0) return
  await tx
    .insertInto('next_window')
    .values(planned.map((next) => nextRow(schedule_id, next)))
    .execute()
}

/** A next window as it is kept. */
export const nextRow = (
  schedule_id: number,
  { times_of, window: { zone, start, opens_at, closes_at }, detect_at }: Planned,
) => ({
  schedule_id,
  override_id: times_of,
  zone,
  local_start: start,
  starts_at: opens_at,
  ends_at: closes_at,
  detect_at,
})
