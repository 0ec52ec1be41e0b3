import { type Asker, visibleScope } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import type { ScheduleState } from '../db/schedule-schema.ts'
import { branchOf, filterByBranch, inScope } from '../db/scope.ts'
import { compareTexts } from '../order.ts'
import { ROOT_ID } from '../tenants/queries.ts'
import { type OwnedSchedule, readOwned, schedules } from './queries.ts'

/** A tenant, by what tells where it is. */
export type TenantPlace = { id: number; path: string }

/** Schedules that are left out are counted so far. */
export const MOST_LEFT_OUT = 1000

/** Next windows that are read for each schedule that is wanted: one may have some, in as many zones. */
const WINDOWS_OF_EACH = 4

type Wanted = { states: readonly ScheduleState[]; limit: number }

/**
 * The schedules that may have windows at a tenant or below it, those whose next window comes first
 * first: those of the tenants above that apply to child tenants, whoever may see them there, and
 * those of the tenant and of tenants below, as far as the asker sees these. Whoever asks was found to
 * be admitted at the tenant. `more` is how many there are besides, counted up to MOST_LEFT_OUT.
 */
export async function listReaching(
  db: Reads,
  asker: Asker,
  place: TenantPlace,
  wanted: Wanted,
): Promise<{ schedules: OwnedSchedule[]; more: number }> {
  const rows = await readReaching(db, asker, place, wanted)
  const found = rows.map(({ next_at: _, ...row }) => readOwned(row))
  if (found.length < wanted.limit) return { schedules: found, more: 0 }
  const number = await countReaching(db, asker, place, wanted)
  return { schedules: found, more: number - found.length }
}

async function readReaching(db: Reads, asker: Asker, place: TenantPlace, wanted: Wanted) {
  if (place.id === ROOT_ID) {
    // There may be very many, of which the first are found by when they come.
    const ids = await listSoonest(db, asker, wanted.limit)
    if (ids.length === wanted.limit)
      return inOrder(schedules(db).where('schedule.id', 'in', ids), wanted)
  }
  const above = await inOrder(ownedAbove(db, place), wanted)
  const below = await inOrder(ownedBelow(db, asker, place), wanted)
  return [...above, ...below].toSorted(byNext).slice(0, wanted.limit)
}

async function listSoonest(db: Reads, asker: Asker, limit: number) {
  const rows = await db
    .selectFrom('next_window')
    .innerJoin('schedule', 'schedule.id', 'next_window.schedule_id')
    .innerJoin('tenant', 'tenant.id', 'schedule.tenant_id')
    .select('next_window.schedule_id')
    .where(inScope(visibleScope(asker, 'schedule.view'), 'tenant.path'))
    .orderBy('next_window.detect_at')
    .limit(limit * WINDOWS_OF_EACH)
    .execute()
  return [...new Set(rows.map(({ schedule_id }) => schedule_id))].slice(0, limit)
}

const ownedAbove = (db: Reads, { path }: TenantPlace) =>
  schedules(db)
    .where('tenant.id', 'in', [...path.split('/').slice(1, -2).map(Number), 0])
    .where('schedule.applies_to_children', '=', 1)

const ownedBelow = (db: Reads, asker: Asker, { path }: TenantPlace) =>
  schedules(db)
    .where(filterByBranch(branchOf(path), 'tenant.path'))
    .where(inScope(visibleScope(asker, 'schedule.view'), 'tenant.path'))

type Query = ReturnType<typeof ownedBelow>

const inOrder = (query: Query, { states, limit }: Wanted) =>
  query
    .select((eb) =>
      eb
        .selectFrom('next_window')
        .select(({ fn }) => fn.min<string | null>('starts_at').as('at'))
        .whereRef('next_window.schedule_id', '=', 'schedule.id')
        .as('next_at'),
    )
    .where('schedule.state', 'in', states)
    .orderBy(({ fn, ref, val }) => fn.coalesce(ref('next_at' as never), val('9')))
    .orderBy('schedule.name_key')
    .orderBy('schedule.id')
    .limit(limit)
    .execute()

type Row = Awaited<ReturnType<typeof inOrder>>[number]

const byNext = (one: Row, other: Row) =>
  compareTexts(one.next_at ?? '9', other.next_at ?? '9') ||
  compareTexts(one.name_key, other.name_key) ||
  one.id - other.id

/** How many there are, counted up to what is left out at most. */
async function countReaching(
  db: Reads,
  asker: Asker,
  place: TenantPlace,
  { states, limit }: Wanted,
) {
  let number = 0
  for (const query of [ownedAbove(db, place), ownedBelow(db, asker, place)]) {
    const found = await query
      .clearSelect()
      .select('schedule.id')
      .where('schedule.state', 'in', states)
      .limit(limit + MOST_LEFT_OUT)
      .execute()
    number += found.length
  }
  return Math.min(number, limit + MOST_LEFT_OUT)
}
