import { permits } from '../access/decide.ts'
import type { Permission } from '../access/permissions.ts'
import { type Asker, lacks, visibleScope } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import { prepared } from '../db/prepared.ts'
import { inScope } from '../db/scope.ts'
import { everyTenant } from '../db/scope-guard.ts'
import { idTable } from '../db/search.ts'
import { NotFound } from '../errors.ts'
import { nameKey } from '../tenants/names.ts'
import { type Schedule, type ScheduleFacts, readSchedule } from './stored.ts'

/** A schedule with its owner. */
export type OwnedSchedule = Schedule & { tenant_name: string; path: string }

/** No schedule has this id: it stands for one that was not saved yet. */
export const UNSAVED = 0

export const schedules = (db: Reads) =>
  everyTenant(db)
    .selectFrom('schedule')
    .innerJoin('tenant', 'tenant.id', 'schedule.tenant_id')
    .selectAll('schedule')
    .select(['tenant.name as tenant_name', 'tenant.path'])

const schedulesOf = prepared((db, { ids }: { ids: string }) =>
  schedules(db).where('schedule.id', 'in', (eb) => eb.selectFrom(idTable(ids)).select('listed.id')),
)

type Row = Awaited<ReturnType<typeof schedulesOf>>[number]

export const readOwned = ({ tenant_name, path, ...row }: Row): OwnedSchedule => ({
  ...readSchedule(row),
  tenant_name,
  path,
})

/** What was decided about a schedule, without whose it is and how it stands. */
export function factsOf({
  id: _id,
  tenant_id: _tenant_id,
  tenant_name: _tenant_name,
  path: _path,
  state: _state,
  version: _version,
  ...facts
}: OwnedSchedule): ScheduleFacts {
  return facts
}

/** Those of some schedules that there are, by their ids, whoever asks: for the program itself. */
export async function findSchedules(db: Reads, ids: number[]) {
  const rows = await schedulesOf(db, { ids: JSON.stringify(ids) })
  return new Map(rows.map((row) => [row.id, readOwned(row)]))
}

/** A schedule, whoever asks: for the program itself. Undefined when there is none. */
export const findSchedule = async (db: Reads, id: number) => (await findSchedules(db, [id])).get(id)

/**
 * A schedule of a tenant at which the asker may see schedules, and has the permission. Throws
 * NotFound where there is none, and Forbidden where seeing is all.
 */
export async function getSchedule(
  db: Reads,
  asker: Asker,
  id: number,
  permission: Permission = 'schedule.view',
): Promise<OwnedSchedule> {
  const schedule = await findSchedule(db, id)
  if (!schedule || !permits(asker.access, 'schedule.view', schedule.path))
    throw new NotFound(`schedule ${id}`)
  if (!permits(asker.access, permission, schedule.path)) throw lacks(permission)
  return schedule
}

/** The schedules at which the asker may look and that have `q` in their name, by name. */
export const listSchedules = (
  db: Reads,
  asker: Asker,
  { q, limit }: { q: string; limit: number },
) =>
  db
    .selectFrom('schedule')
    .innerJoin('tenant', 'tenant.id', 'schedule.tenant_id')
    .select(['schedule.id', 'schedule.name', 'tenant.name as tenant_name'])
    .where(inScope(visibleScope(asker, 'schedule.view'), 'tenant.path'))
    .where('schedule.state', '<>', 'deleted')
    .where(({ eb, fn, val }) =>
      eb(fn<number>('instr', ['schedule.name_key', val(nameKey(q))]), '>', 0),
    )
    .orderBy('schedule.name_key')
    .orderBy('schedule.id')
    .limit(limit)
    .execute()
