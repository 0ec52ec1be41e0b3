import type { Db, Reads } from '../db/connection.ts'
import { type SystemTx, system } from '../db/operation.ts'
import { rowTable, rowsJson } from '../db/row-table.ts'
import type { NextWindowTable } from '../db/schedule-schema.ts'
import { everyTenant, everyTenantTx } from '../db/scope-guard.ts'
import { idsIn } from '../db/search.ts'
import { type Pace, halves, isInterruption, paced } from '../pace.ts'
import { instantOf } from './local-time.ts'
import { NEXT, detectAt, layOut, nextRow, planSchedule } from './plan.ts'
import { type OwnedSchedule, findSchedules } from './queries.ts'
import { keyOf } from './series.ts'
import { type Zones, readZones } from './tenant-zones.ts'
import { addElapsed } from './windows.ts'

/** Stands in `schedule_to_plan` for every schedule. */
const ALL = 0

/** Schedules planned in one transaction. */
const AT_ONCE = 100

/** A window that opens at another instant than was planned, though its clock shows the same. */
export type Moved = {
  schedule_id: number
  zone: string
  local_start: string
  from: string
  to: string
}

/** Told of what the planning comes upon. */
export type PlanReport = {
  /** The time-zone data changed, and with it when some windows open. */
  moved(windows: Moved[]): void
  /** A schedule could not be planned; the others were. */
  failed(schedule_id: number, error: unknown): void
}

/** Where nobody is told, what fails fails as a whole. */
const untold: PlanReport = {
  moved() {},
  failed(_, error) {
    throw error
  },
}

/**
 * Works out anew the next windows of every schedule that changed, or whose tenants or zones did,
 * since this was called last. A window that is due already and was not opened yet stays. Returns
 * whether there was anything to do.
 */
export async function planWhatChanged(db: Db, report: PlanReport = untold, pace: Pace = paced()) {
  if (await isAllToPlan(db)) await noteEverySchedule(db)
  let zones: Zones | undefined
  // Those that could not be planned lie behind.
  for (let after = ALL; ;) {
    const ids = await nextToPlan(db, after)
    if (ids.length === 0) return zones !== undefined
    zones ??= await readZones(db, db.now())
    await planApart(db, ids, { zones, report, pace })
    after = ids.at(-1)!
  }
}

/**
 * Notes every schedule to be planned, where the time-zone data is newer than any before. A process
 * that has older data, while all are being replaced, changes nothing about it.
 */
export async function noteTimeZoneData(db: Db, version: string) {
  const row = await db.selectFrom('scheduler').select('time_zone_data').executeTakeFirst()
  if (!row || row.time_zone_data >= version) return
  await system(db, async (tx) => {
    await tx
      .insertInto('schedule_to_plan')
      .values({ schedule_id: ALL })
      .onConflict((oc) => oc.doNothing())
      .execute()
    await tx.updateTable('scheduler').set({ time_zone_data: version }).execute()
  })
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
      .columns(['schedule_id', 'noted_at'])
      .expression((eb) =>
        everyTenant(tx)
          .selectFrom('schedule')
          .innerJoin('schedule_to_plan as every', (join) =>
            join.on('every.schedule_id', '=', eb.lit(ALL)),
          )
          .select(['schedule.id', 'every.noted_at'])
          .where('schedule.state', '=', 'enabled'),
      )
      .onConflict((oc) => oc.doNothing())
      .execute()
    await tx.deleteFrom('schedule_to_plan').where('schedule_id', '=', ALL).execute()
  })

/** Some of the schedules that are to be planned: those after an id. */
async function nextToPlan(db: Reads, after: number) {
  const rows = await db
    .selectFrom('schedule_to_plan')
    .select('schedule_id')
    .where('schedule_id', '>', after)
    .orderBy('schedule_id')
    .limit(AT_ONCE)
    .execute()
  return rows.map(({ schedule_id }) => schedule_id)
}

/** What planning goes by, and whom it tells. */
type Planning = { zones: Zones; report: PlanReport; pace: Pace }

/** Plans some schedules together; if that fails, one half and the other: one stops no other. */
async function planApart(db: Db, ids: number[], planning: Planning) {
  const { report } = planning
  try {
    const moved = await system(db, (tx) => planSome(tx, ids, planning, db.now()))
    if (moved.length > 0) report.moved(moved)
  } catch (error) {
    if (isInterruption(error)) throw error
    if (ids.length === 1) return report.failed(ids[0]!, error)
    for (const half of halves(ids)) await planApart(db, half, planning)
  }
}

/**
 * Plans some schedules as they are inside the transaction: a change that comes meanwhile waits for
 * it, and notes the schedule again.
 */
async function planSome(tx: SystemTx, listed: number[], { zones, pace }: Planning, now: string) {
  const looked_at = (await lookedAt(tx)) ?? now
  const noted = await readNoted(tx, listed)
  // Another process has planned the others since they were listed.
  const ids = listed.filter((id) => noted.has(id))
  const formerOf = Map.groupBy(await listNext(tx, ids), ({ schedule_id }) => schedule_id)
  const schedules = [...(await findSchedules(tx, ids)).values()]
  const rows: NextWindowTable[] = []
  for (const one of await layOut(tx, schedules)) {
    const { schedule } = one
    const noted_at = noted.get(schedule.id) || looked_at
    const since = noted_at < now ? noted_at : now
    const former = formerOf.get(schedule.id) ?? []
    const after = dealtWith(schedule, former, since, now)
    const planned = await planSchedule(tx, one, zones, after)
    rows.push(...planned.map((next) => nextRow(schedule, next)))
    await pace(0, 0)
  }
  const rowsOf = Map.groupBy(rows, ({ schedule_id }) => schedule_id)
  await keepPlans(tx, ids, formerOf, rowsOf)
  const moved = [...formerOf].flatMap(([id, former]) =>
    former.flatMap((row) => movedFrom(row, rowsOf.get(id) ?? [])),
  )
  return moved.filter(({ from, to }) => from !== to)
}

/**
 * A window that was due, or now would be, and was not opened yet has still to be dealt with; all
 * others count from the change on.
 */
function dealtWith(schedule: OwnedSchedule, former: NextWindowTable[], since: string, now: string) {
  const pending = new Map<string, string>()
  for (const { override_id, zone, local_start, starts_at } of former) {
    const anew = instantOf(local_start, zone)
    const opens_at = anew < starts_at ? anew : starts_at
    if (detectAt(schedule, { opens_at }) <= now)
      pending.set(keyOf(override_id, zone), addElapsed(opens_at, -1 / 60_000))
  }
  return (times_of: number, zone: string) => {
    const before = pending.get(keyOf(times_of, zone))
    return before !== undefined && before < since ? before : since
  }
}

const movedFrom = (row: NextWindowTable, rows: NextWindowTable[]): Moved[] =>
  rows
    .filter(({ override_id, zone }) => override_id === row.override_id && zone === row.zone)
    .filter(({ local_start }) => local_start === row.local_start)
    .map(({ schedule_id, zone, local_start, starts_at }) => ({
      schedule_id,
      zone,
      local_start,
      from: row.starts_at,
      to: starts_at,
    }))

/** When each was noted to be planned. */
async function readNoted(db: Reads, ids: number[]) {
  const rows = await db
    .selectFrom('schedule_to_plan')
    .select(['schedule_id', 'noted_at'])
    .where('schedule_id', 'in', idsIn(ids))
    .execute()
  return new Map(rows.map(({ schedule_id, noted_at }) => [schedule_id, noted_at]))
}

/** When the scheduler looked last, to half a minute; undefined before the first time. */
export async function lookedAt(db: Reads) {
  const row = await db.selectFrom('scheduler').select('looked_at').executeTakeFirst()
  return row?.looked_at
}

const listNext = (db: Reads, ids: number[]) =>
  db.selectFrom('next_window').selectAll().where('schedule_id', 'in', idsIn(ids)).execute()

type Plans = Map<number, NextWindowTable[]>

/** Puts the next windows of some schedules in place of those that they had; they are planned with that. */
async function keepPlans(tx: SystemTx, ids: number[], former: Plans, plans: Plans) {
  const changed = ids.filter((id) => !isSame(former.get(id) ?? [], plans.get(id) ?? []))
  if (changed.length > 0)
    await tx.deleteFrom('next_window').where('schedule_id', 'in', idsIn(changed)).execute()
  const rows = changed.flatMap((id) => plans.get(id) ?? [])
  if (rows.length > 0)
    await tx
      .insertInto('next_window')
      .columns(NEXT)
      .expression((eb) => eb.selectFrom(rowTable(rows, NEXT)).select(NEXT))
      .execute()
  await tx.deleteFrom('schedule_to_plan').where('schedule_id', 'in', idsIn(ids)).execute()
}

const isSame = (former: NextWindowTable[], rows: NextWindowTable[]) =>
  former.length === rows.length && inOrder(former) === inOrder(rows)

const inOrder = (rows: NextWindowTable[]) =>
  rows
    .map((row) => rowsJson([row], NEXT))
    .sort()
    .join()
