import type { SelectQueryBuilder } from 'kysely'
import {
  type Shape,
  type Values,
  conditionsOf,
  shapeOf,
  valuesOf,
} from '../computers/conditions.ts'
import { type Target, aimedFrom } from '../computers/target.ts'
import type { Reads } from '../db/connection.ts'
import { prepared } from '../db/prepared.ts'
import type { ComputerState, ComputerTab } from '../db/computer-schema.ts'
import { hasPath, tabInPassing } from '../db/session-table.ts'
import type { Schema } from '../db/schema.ts'
import { everyTenant } from '../db/scope-guard.ts'
import type { OwnedSchedule } from '../schedules/queries.ts'
import { type ScheduleRegion, standingIn } from '../schedules/regions.ts'
import type { Times } from '../schedules/stored.ts'
import { type Zones, zoneFor } from '../schedules/tenant-zones.ts'

/** A computer for which a schedule is meant. */
export type Candidate = {
  id: number
  tenant_id: number
  path: string
  time_zone: string
  state: ComputerState
}

/** A window by what tells whose it is: the times that it follows, and its zone. */
export type WindowOf = { times_of: number; times: Times; zone: string }

/** Tells of a candidate whether a window is its own, by where it is and which clock it has. */
export function openTo(
  regions: ScheduleRegion[],
  { times_of, times, zone }: WindowOf,
): (candidate: Pick<Candidate, 'path' | 'time_zone'>, zones: Pick<Zones, 'at'>) => boolean {
  const standingAt = standingIn(regions)
  return (candidate, zones) => {
    const standing = standingAt(candidate.path)
    if (standing?.effect !== 'on' || standing.times_of !== times_of) return false
    return zoneFor(times, zones, candidate) === zone
  }
}

/** Where reading goes on: after this computer, of the tenant with this path. */
export type After = Pick<Candidate, 'id' | 'path'>

/** Before the first. */
export const FIRST: After = { id: 0, path: '' }

/** Some more of the computers for which a schedule is meant, in an order of their own. */
export type ReadCandidates = (db: Reads, after: After, limit: number) => Promise<Candidate[]>

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
  const { target_kinds, id: schedule_id } = schedule
  const filter = target_kinds === 'any' || target_kinds === 'not_servers' ? null : target_kinds
  const { tenant_id, path, applies_to_children } = schedule
  const owner = { id: tenant_id, path, only: !applies_to_children }
  const { tabs, traits, problem } = await aimedFrom(db, targetOf(schedule), filter, owner, now)
  if (!traits) return { read: async () => [], problem }
  const { place, ...asked } = shapeOf(traits, 'indexed')
  const chosen = schedule.target === 'computers'
  const shape: CandidateShape = {
    ...asked,
    place: chosen || place !== 'top' ? place : 'branch',
    tabs: tabs.join(),
    chosen,
    not_servers: target_kinds === 'not_servers',
  }
  const values = { ...valuesOf(traits), schedule_id }
  return {
    read: (db, after, limit) => readCandidates(db, shape, values, { after, limit }),
    problem,
  }
}

/** Candidates that are read at a time. */
const PAGE = 1000

/** Whom a schedule is meant for, of whom the first have been read; only tenants that `takesIn` does. */
export type Covered = {
  first: Candidate[]
  read: ReadCandidates
  problem: string
  takesIn: (path: string) => boolean
}

/** Begins to read whom a schedule is meant for at the moment `now`. */
export async function beginReading(
  db: Reads,
  schedule: OwnedSchedule,
  now: string,
  takesIn: (path: string) => boolean = () => true,
): Promise<Covered> {
  const { read, problem } = await candidatesOf(db, schedule, now)
  return { first: await read(db, FIRST, PAGE), read, problem, takesIn }
}

/** Those that have been read, and then all others, some at a time. */
export async function* readOn(db: Reads, { first, read, takesIn }: Covered) {
  for (let some = first; ; some = await read(db, some.at(-1)!, PAGE)) {
    yield some.filter(({ path }) => takesIn(path))
    if (some.length < PAGE) return
  }
}

function readCandidates(
  db: Reads,
  shape: CandidateShape,
  values: Omit<Asked, 'after_id' | 'limit'>,
  { after, limit }: { after: After; limit: number },
): Promise<Candidate[]> {
  const from = after.path > values.from ? after.path : values.from
  return queryOf(shape)(db, { ...values, from, after_id: after.id, limit })
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

type Asked = Values & { schedule_id: number; after_id: number; limit: number }

/**
 * Computers that some conditions hold of, those of a branch tenant by tenant, all others in the order
 * of their ids: so that some more are found without a look at those that were read, or at the rest.
 */
const build = (shape: CandidateShape) =>
  prepared((db, values: Asked) => {
    const query = walk(db, shape, values)
      .select(['computer.id', 'computer.tenant_id', 'computer.time_zone', 'computer.state'])
      .select('tenant.path')
      .where(tabInPassing, 'in', shape.tabs.split(',') as ComputerTab[])
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

function walk(db: Reads, shape: CandidateShape, values: Asked): Query {
  if (shape.chosen || shape.place !== 'branch')
    return computers(db, shape, values)
      .where((eb) => eb.and(conditionsOf(shape, values)))
      .where('computer.id', '>', values.after_id)
      .orderBy('computer.id')
  return everyTenant(db)
    .selectFrom('tenant')
    .crossJoin('computer')
    .whereRef('computer.tenant_id', '=', 'tenant.id')
    .where(hasPath)
    .where('tenant.path', '>=', values.from)
    .where('tenant.path', '<', values.to)
    .where((eb) => eb.and(conditionsOf({ ...shape, place: 'everywhere' }, values)))
    .where((eb) =>
      eb.or([eb('tenant.path', '>', values.from), eb('computer.id', '>', values.after_id)]),
    )
    .orderBy('tenant.path')
    .orderBy('computer.id')
}

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
