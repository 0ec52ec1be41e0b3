import { type Asker, visibleScope } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import type { ScheduleState } from '../db/schedule-schema.ts'
import { branchOf, filterByBranch, inScope } from '../db/scope.ts'
import { findParent } from '../tenants/find-parent.ts'
import { nameKey } from '../tenants/names.ts'
import { ROOT_ID } from '../tenants/queries.ts'
import { decodeCursor, encodeCursor } from '../web/cursor.ts'
import type { ScheduleFilter } from './list.ts'
import { readSchedule } from './stored.ts'
import { nameTargets } from './targets.ts'

/** What a filter asks for, made ready to be looked for. */
export type Wanted = {
  state: ScheduleState
  q: string
  tenant: { id: number; path: string; only: boolean } | null
}

/** Throws Invalid at `tenant` for a text that means none. */
export async function resolveFilter(
  db: Reads,
  asker: Asker,
  { tab, q, tenant, only }: ScheduleFilter,
): Promise<Wanted> {
  return { state: tab, q, tenant: tenant === '' ? null : await tenantOf(db, asker, tenant, only) }
}

async function tenantOf(db: Reads, asker: Asker, text: string, only: boolean) {
  const { id, path } = await findParent(db, asker, text, { field: 'tenant' })
  return id === ROOT_ID && !only ? null : { id, path, only }
}

/** The schedules of the tenants at which the asker may see schedules. */
const visible = (db: Reads, asker: Asker) =>
  db
    .selectFrom('schedule')
    .innerJoin('tenant', 'tenant.id', 'schedule.tenant_id')
    .where(inScope(visibleScope(asker, 'schedule.view'), 'tenant.path'))

function matching(db: Reads, asker: Asker, { state, q, tenant }: Wanted) {
  let query = visible(db, asker).where('schedule.state', '=', state)
  if (q !== '')
    query = query.where(({ eb, fn, val }) =>
      eb(fn<number>('instr', ['schedule.name_key', val(nameKey(q))]), '>', 0),
    )
  if (tenant?.only) return query.where('tenant.id', '=', tenant.id)
  return tenant ? query.where(filterByBranch(branchOf(tenant.path), 'tenant.path')) : query
}

type Page = { limit: number; after: string | null }

/** A page of the schedules that match, by name, each with when its next window opens. */
export async function findSchedules(
  db: Reads,
  asker: Asker,
  wanted: Wanted,
  { limit, after }: Page,
) {
  let query = matching(db, asker, wanted)
    .selectAll('schedule')
    .select(['tenant.name as tenant_name', 'tenant.path'])
    .select((eb) =>
      eb
        .selectFrom('next_window')
        .select(({ fn }) => fn.min<string | null>('starts_at').as('at'))
        .whereRef('next_window.schedule_id', '=', 'schedule.id')
        .as('next_at'),
    )
    .orderBy('schedule.name_key')
    .orderBy('schedule.id')
    .limit(limit + 1)
  if (after) {
    const [name_key, id] = decodeCursor(after, 2)
    query = query.where(({ eb, refTuple, tuple }) =>
      eb(refTuple('schedule.name_key', 'schedule.id'), '>', tuple(String(name_key), Number(id))),
    )
  }
  const found = await query.execute()
  const last = found.length > limit ? found[limit - 1]! : null
  const shown = found.slice(0, limit)
  const named = await nameTargets(db, shown)
  const rows = shown.map(({ tenant_name, path, next_at, ...row }) => {
    const schedule = readSchedule(row)
    return { ...schedule, ...named({ ...schedule, path }), tenant_name, path, next_at }
  })
  return { rows, next: last && encodeCursor([last.name_key, last.id]) }
}

export type FoundSchedule = Awaited<ReturnType<typeof findSchedules>>['rows'][number]

/** How many schedules match. */
export async function countSchedules(db: Reads, asker: Asker, wanted: Wanted) {
  const { number } = await matching(db, asker, wanted)
    .select(({ fn }) => fn.countAll<number>().as('number'))
    .executeTakeFirstOrThrow()
  return number
}

/** How many schedules there are in each state. */
export async function countStates(db: Reads, asker: Asker): Promise<Record<ScheduleState, number>> {
  const rows = await visible(db, asker)
    .select(['schedule.state', ({ fn }) => fn.countAll<number>().as('number')])
    .groupBy('schedule.state')
    .execute()
  const counts = { enabled: 0, disabled: 0, deleted: 0 }
  for (const { state, number } of rows) counts[state] = number
  return counts
}
