import type { Reads } from '../db/connection.ts'
import { prepared } from '../db/prepared.ts'
import { givenTable, rowsJson } from '../db/row-table.ts'
import { type Branch, branchOf } from '../db/scope.ts'
import { everyTenant } from '../db/scope-guard.ts'
import { idTable } from '../db/search.ts'
import {
  type Inheritable,
  type Override,
  type ScheduleNode,
  type Standing,
  standingOf,
} from './inheritance.ts'

/** All below a path, but for what a region further in covers: how a schedule stands there. */
export type ScheduleRegion = { path: string; standing: Standing }

type Owned = Inheritable & { id: number; tenant_id: number; path: string; tenant_name: string }

/** A tenant that decides something about the schedules that it inherits. */
type Deciding = { tenant_id: number; name: string; path: string; blocks_inheritance: number }

const overridesOf = prepared((db, { ids }: { ids: string }) =>
  everyTenant(db)
    .selectFrom(idTable(ids))
    .crossJoin('schedule_override as override')
    .innerJoin('tenant', 'tenant.id', 'override.tenant_id')
    .select(['tenant.id as tenant_id', 'tenant.name', 'tenant.path', 'tenant.blocks_inheritance'])
    .select(['override.id', 'override.form', 'override.schedule_id'])
    .whereRef('override.schedule_id', '=', 'listed.id'),
)

const BRANCH = ['from', 'to'] as const

const blockingBelow = prepared((db, { branches }: { branches: string }) =>
  everyTenant(db)
    .selectFrom(givenTable<Branch>(branches, BRANCH))
    .crossJoin('tenant')
    .select(['given.from as owner_path', 'tenant.id as tenant_id', 'tenant.name', 'tenant.path'])
    .select('tenant.blocks_inheritance')
    .whereRef('tenant.path', '>', 'given.from')
    .whereRef('tenant.path', '<', 'given.to')
    .where('tenant.blocks_inheritance', '=', 1),
)

/**
 * How each of some schedules stands in all the branch of its owner, by its id, the owner's own region
 * first. Reads only the tenants that decide something about them, never the branches themselves.
 */
export async function regionsOfEach(
  db: Reads,
  schedules: readonly Owned[],
): Promise<Map<number, ScheduleRegion[]>> {
  const decidingBelow = await readDeciding(
    db,
    schedules.filter(({ applies_to_children }) => applies_to_children),
  )
  return new Map(schedules.map((one) => [one.id, regionsOfOne(one, decidingBelow(one))]))
}

/** The same for one schedule. */
export const regionsOf = async (db: Reads, schedule: Owned) =>
  (await regionsOfEach(db, [schedule])).get(schedule.id)!

function regionsOfOne(schedule: Owned, deciding: Map<string, ScheduleNode>): ScheduleRegion[] {
  const owner: ScheduleNode = {
    tenant_id: schedule.tenant_id,
    name: schedule.tenant_name,
    blocks_inheritance: false,
  }
  const own = { path: schedule.path, standing: standingOf(schedule, [owner])! }
  const nodes = new Map<string, ScheduleNode[]>([[schedule.path, [owner]]])
  return [
    own,
    ...[...deciding].map(([path, node]) => {
      const chain = [...nearest(nodes, path)!, node]
      nodes.set(path, chain)
      return { path, standing: standingOf(schedule, chain)! }
    }),
  ]
}

/**
 * Of schedules that apply to child tenants: the tenants below the owner that decide something, by
 * their path, each after those above it.
 */
async function readDeciding(db: Reads, schedules: readonly Owned[]) {
  if (schedules.length === 0) return () => new Map<string, ScheduleNode>()
  const ids = JSON.stringify(schedules.map(({ id }) => id))
  const overrides = Map.groupBy(await overridesOf(db, { ids }), ({ schedule_id }) => schedule_id)
  const branches = [...new Set(schedules.filter(({ locked }) => !locked).map(({ path }) => path))]
  const rows = branches.map(branchOf)
  const found = rows.length > 0 ? await blockingBelow(db, { branches: rowsJson(rows, BRANCH) }) : []
  const blocking = Map.groupBy(found, ({ owner_path }) => owner_path)
  return (schedule: Owned) => {
    if (!schedule.applies_to_children) return new Map<string, ScheduleNode>()
    const blocks = schedule.locked ? [] : (blocking.get(schedule.path) ?? [])
    return placeDeciding(schedule, blocks, overrides.get(schedule.id) ?? [])
  }
}

type Overriding = Deciding & Override

function placeDeciding({ path: owner_path }: Owned, blocks: Deciding[], overrides: Overriding[]) {
  const found = new Map<string, ScheduleNode>()
  const put = ({ tenant_id, name, path, blocks_inheritance }: Deciding) => {
    const node: ScheduleNode = { tenant_id, name, blocks_inheritance: blocks_inheritance === 1 }
    found.set(path, node)
    return node
  }
  for (const node of blocks) put(node)
  for (const { id, form, ...node } of overrides)
    if (node.path.startsWith(owner_path)) put(node).override = { id, form }
  return new Map([...found].sort(([one], [other]) => one.length - other.length))
}

/** Says how a schedule stands for the tenant with a path; undefined of one outside its branch. */
export function standingIn(regions: readonly ScheduleRegion[]) {
  const byPath = new Map(regions.map(({ path, standing }) => [path, standing]))
  return (path: string) => nearest(byPath, path)
}

/** Whether a schedule reaches the tenant with a path, however it stands there. */
export const reaches = (
  { path: owner, applies_to_children }: Pick<Owned, 'path' | 'applies_to_children'>,
  path: string,
) => (applies_to_children ? path.startsWith(owner) : path === owner)

/** What a map of regions by path has for a tenant: of the nearest node at or above it. */
export function nearest<Value>(regions: ReadonlyMap<string, Value>, path: string) {
  for (let at = path; at.length > 1; at = at.slice(0, at.lastIndexOf('/', at.length - 2) + 1)) {
    const found = regions.get(at)
    if (found !== undefined) return found
  }
  return undefined
}
