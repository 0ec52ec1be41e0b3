import type { SelectQueryBuilder } from 'kysely'
import type { Reads } from '../db/connection.ts'
import { prepared } from '../db/prepared.ts'
import type { ScheduleTarget, TargetKinds } from '../db/schedule-schema.ts'
import type { Schema } from '../db/schema.ts'
import { everyTenant } from '../db/scope-guard.ts'
import { computerCarriesTag } from '../db/tag-cover.ts'
import type { OwnedSchedule } from '../schedules/queries.ts'
import { type ScheduleRegion, endOf, nearest } from '../schedules/regions.ts'
import type { Times } from '../schedules/stored.ts'
import { type Zones, zoneFor } from '../schedules/tenant-zones.ts'
import { ROOT_ID } from '../tenants/queries.ts'

/** A computer for which a schedule is meant. */
export type Candidate = {
  id: number
  tenant_id: number
  path: string
  time_zone: string
  excluded: boolean
}

/** A window by what tells whose it is: the times that it follows, and its zone. */
export type WindowOf = { times_of: number; times: Times; zone: string }

/** Tells of a candidate whether a window is its own, by where it is and which clock it has. */
export function openTo(
  regions: ScheduleRegion[],
  zones: Zones,
  { times_of, times, zone }: WindowOf,
): (candidate: Candidate) => boolean {
  const byPath = new Map(regions.map(({ path, standing }) => [path, standing]))
  return (candidate) => {
    const standing = nearest(byPath, candidate.path)
    if (standing?.effect !== 'on' || standing.times_of !== times_of) return false
    return zoneFor(times, zones, candidate) === zone
  }
}

/** What a query of candidates looks like, without its values. */
type Shape = {
  target: ScheduleTarget
  kinds: TargetKinds
  place: 'everywhere' | 'top' | 'branch' | 'tenant'
}

type Values = {
  after: number
  limit: number
  schedule_id: number
  target_id: number
  tenant_id: number
  top_id: number
  from: string
  to: string
}

/**
 * Some of the computers for which a schedule is meant, those after the id `after`: at its owner and,
 * where it applies to child tenants, below it. Where it stands otherwise further down is for `openTo`
 * to say. None where its tag or group was deleted.
 */
export async function readCandidates(
  db: Reads,
  schedule: OwnedSchedule,
  after: number,
  limit: number,
): Promise<Candidate[]> {
  const { target, target_kinds: kinds, target_tag_id, target_group_id } = schedule
  const target_id = target === 'tag' ? target_tag_id : target_group_id
  if ((target === 'tag' || target === 'group') && target_id === null) return []
  const top_id = Number(schedule.path.split('/')[2] || 0)
  const rows = await queryOf({ target, kinds, place: placeOf(schedule, top_id) })(db, {
    after,
    limit,
    schedule_id: schedule.id,
    target_id: target_id ?? 0,
    tenant_id: schedule.tenant_id,
    top_id,
    from: schedule.path,
    to: endOf(schedule.path),
  })
  return rows.map(({ state, ...row }) => ({
    ...row,
    tenant_id: Number(row.tenant_id),
    excluded: state === 'excluded',
  }))
}

function placeOf({ tenant_id, applies_to_children }: OwnedSchedule, top_id: number) {
  if (!applies_to_children) return 'tenant'
  if (tenant_id === ROOT_ID) return 'everywhere'
  return top_id === tenant_id ? 'top' : 'branch'
}

const build = (shape: Shape) =>
  prepared((db, values: Values) =>
    meantBy(shape, values, placedAt(shape, values, computers(db, shape, values)))
      .select(['computer.id', 'computer.tenant_id', 'computer.time_zone', 'computer.state'])
      .select('tenant.path')
      .where('computer.id', '>', values.after)
      .where('computer.state', '<>', 'deleted')
      .orderBy('computer.id')
      .limit(values.limit),
  )

const queries = new Map<string, ReturnType<typeof build>>()

function queryOf(shape: Shape) {
  const name = Object.values(shape).join()
  const query = queries.get(name) ?? build(shape)
  queries.set(name, query)
  return query
}

type Query = SelectQueryBuilder<Schema, 'computer' | 'tenant', object>

/** Computers with their tenants; of chosen ones, only these. */
function computers(db: Reads, { target }: Shape, { schedule_id }: Values): Query {
  const all = everyTenant(db)
  if (target !== 'computers')
    return all.selectFrom('computer').innerJoin('tenant', 'tenant.id', 'computer.tenant_id')
  return all
    .selectFrom('schedule_computer')
    .crossJoin('computer')
    .innerJoin('tenant', 'tenant.id', 'computer.tenant_id')
    .whereRef('computer.id', '=', 'schedule_computer.computer_id')
    .where('schedule_computer.schedule_id', '=', schedule_id) as unknown as Query
}

function placedAt({ place }: Shape, { tenant_id, top_id, from, to }: Values, query: Query): Query {
  if (place === 'everywhere') return query
  if (place === 'tenant') return query.where('computer.tenant_id', '=', tenant_id as never)
  const of_top = query.where('computer.top_id', '=', top_id)
  if (place === 'top') return of_top
  return of_top.where('tenant.path', '>=', from).where('tenant.path', '<', to)
}

function meantBy({ target, kinds }: Shape, { target_id }: Values, query: Query): Query {
  const tagged = target === 'tag' ? query.where(computerCarriesTag(target_id)) : query
  if (kinds === 'any') return tagged
  if (kinds === 'not_servers') return tagged.where('computer.kind', '<>', 'server')
  const kind = ({ servers: 'server', workstations: 'workstation', portables: 'portable' } as const)[
    kinds
  ]
  return tagged.where('computer.kind', '=', kind)
}
