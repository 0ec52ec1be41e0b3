import type { SelectQueryBuilder } from 'kysely'
import {
  type Shape,
  type Values,
  conditionsOf,
  shapeOf,
  valuesOf,
} from '../computers/conditions.ts'
import { type Target, aimedAt } from '../computers/target.ts'
import type { Reads } from '../db/connection.ts'
import { prepared } from '../db/prepared.ts'
import type { ComputerTab } from '../db/computer-schema.ts'
import { tabInPassing } from '../db/session-table.ts'
import type { Schema } from '../db/schema.ts'
import { everyTenant } from '../db/scope-guard.ts'
import type { OwnedSchedule } from '../schedules/queries.ts'
import { type ScheduleRegion, nearest } from '../schedules/regions.ts'
import type { Times } from '../schedules/stored.ts'
import { type Zones, zoneFor } from '../schedules/tenant-zones.ts'

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

/** Some more of the computers for which a schedule is meant: those after an id, in their order. */
export type ReadCandidates = (db: Reads, after: number, limit: number) => Promise<Candidate[]>

/**
 * Whom a schedule is meant for at the moment `now`: at its owner and, where it applies to child
 * tenants, below it. Where it stands otherwise further down is for `openTo` to say. Nobody, and a
 * problem in words, where its tag or group was deleted.
 */
export async function candidatesOf(
  db: Reads,
  schedule: OwnedSchedule,
  now: string,
): Promise<{ read: ReadCandidates; problem: string }> {
  const { tenant_id, applies_to_children, target_kinds, id: schedule_id } = schedule
  const filter = target_kinds === 'any' || target_kinds === 'not_servers' ? null : target_kinds
  const target = targetOf(schedule)
  const aim = { target, filter, tenant_id, applies_to_children }
  const { tabs, traits, problem } = await aimedAt(db, aim, now)
  if (!traits) return { read: async () => [], problem }
  const shape: CandidateShape = {
    ...shapeOf(traits, 'indexed'),
    tabs: tabs.join(),
    chosen: schedule.target === 'computers',
    not_servers: target_kinds === 'not_servers',
  }
  const values = { ...valuesOf(traits), schedule_id }
  return {
    read: async (db, after, limit) => {
      const rows = await queryOf(shape)(db, { ...values, after, limit })
      return rows.map(({ state, ...row }) => ({
        ...row,
        excluded: state === 'excluded',
      }))
    },
    problem,
  }
}

/** What a schedule is for. No tag and no group has the id 0: it stands for one that was deleted. */
function targetOf({ target, target_tag_id, target_group_id }: OwnedSchedule): Target {
  if (target === 'tag') return { kind: 'tag', tag_id: target_tag_id ?? 0 }
  if (target === 'group') return { kind: 'group', group_id: target_group_id ?? 0 }
  // Those that are chosen are joined.
  return { kind: 'all' }
}

/** What a query of candidates looks like, without its values. */
type CandidateShape = Shape & { tabs: string; chosen: boolean; not_servers: boolean }

type Asked = Values & { schedule_id: number; after: number; limit: number }

const build = (shape: CandidateShape) =>
  prepared((db, values: Asked) => {
    const query = computers(db, shape, values)
      .select(['computer.id', 'computer.tenant_id', 'computer.time_zone', 'computer.state'])
      .select('tenant.path')
      .where('computer.id', '>', values.after)
      .where(
        shape.place === 'everywhere' ? tabInPassing : 'computer.tab',
        'in',
        shape.tabs.split(',') as ComputerTab[],
      )
      .where((eb) => eb.and(conditionsOf(shape, values)))
      .orderBy('computer.id')
      .limit(values.limit)
    return shape.not_servers ? query.where('computer.kind', '<>', 'server') : query
  })

const queries = new Map<string, ReturnType<typeof build>>()

function queryOf(shape: CandidateShape) {
  const name = JSON.stringify(shape)
  const query = queries.get(name) ?? build(shape)
  queries.set(name, query)
  return query
}

type Query = SelectQueryBuilder<Schema, 'computer' | 'tenant', object>

/** Computers with their tenants; of chosen ones, only these. */
function computers(db: Reads, { chosen }: CandidateShape, { schedule_id }: Asked): Query {
  const all = everyTenant(db)
  if (!chosen)
    return all.selectFrom('computer').innerJoin('tenant', 'tenant.id', 'computer.tenant_id')
  return all
    .selectFrom('schedule_computer')
    .crossJoin('computer')
    .innerJoin('tenant', 'tenant.id', 'computer.tenant_id')
    .whereRef('computer.id', '=', 'schedule_computer.computer_id')
    .where('schedule_computer.schedule_id', '=', schedule_id)
}
