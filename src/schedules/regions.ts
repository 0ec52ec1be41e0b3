import type { Reads } from '../db/connection.ts'
import { prepared } from '../db/prepared.ts'
import { everyTenant } from '../db/scope-guard.ts'
import { type Inheritable, type ScheduleNode, type Standing, standingOf } from './inheritance.ts'

/** All below a path, but for what a region further in covers: how a schedule stands there. */
export type ScheduleRegion = { path: string; standing: Standing }

type Owned = Inheritable & { id: number; tenant_id: number; path: string; tenant_name: string }

/** A tenant that decides something about the schedules that it inherits. */
type Deciding = { tenant_id: number; name: string; path: string; blocks_inheritance: number }

const overridesOf = prepared((db, { id }: { id: number }) =>
  everyTenant(db)
    .selectFrom('schedule_override')
    .innerJoin('tenant', 'tenant.id', 'schedule_override.tenant_id')
    .select(['tenant.id as tenant_id', 'tenant.name', 'tenant.path', 'tenant.blocks_inheritance'])
    .select(['schedule_override.id', 'schedule_override.form'])
    .where('schedule_override.schedule_id', '=', id),
)

const blockingBelow = prepared((db, { from, to }: { from: string; to: string }) =>
  everyTenant(db)
    .selectFrom('tenant')
    .select(['id as tenant_id', 'name', 'path', 'blocks_inheritance'])
    .where('path', '>', from)
    .where('path', '<', to)
    .where('blocks_inheritance', '=', 1),
)

/**
 * How a schedule stands in all the branch of its owner, the owner's own region first. Reads only the
 * tenants that decide something about it, never the branch itself.
 */
export async function regionsOf(db: Reads, schedule: Owned): Promise<ScheduleRegion[]> {
  const owner: ScheduleNode = {
    tenant_id: schedule.tenant_id,
    name: schedule.tenant_name,
    blocks_inheritance: false,
  }
  const own = { path: schedule.path, standing: standingOf(schedule, [owner])! }
  if (!schedule.applies_to_children) return [own]
  const deciding = await decidingBelow(db, schedule)
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

/** The tenants below the owner that decide something, by their path, each after those above it. */
async function decidingBelow(db: Reads, { id, path, locked }: Owned) {
  const found = new Map<string, ScheduleNode>()
  const put = ({ path, blocks_inheritance, ...node }: Deciding) =>
    found.set(path, { ...found.get(path), ...node, blocks_inheritance: blocks_inheritance === 1 })
  if (!locked)
    for (const node of await blockingBelow(db, { from: path, to: endOf(path) })) put(node)
  for (const { id: override_id, form, ...node } of await overridesOf(db, { id }))
    if (node.path.startsWith(path)) put(node).get(node.path)!.override = { id: override_id, form }
  return new Map([...found].sort(([one], [other]) => one.length - other.length))
}

/** After every path that begins with this one, and before all others. */
export const endOf = (path: string) => `${path.slice(0, -1)}0`

/** What a map of regions by path has for a tenant: of the nearest node at or above it. */
export function nearest<Value>(regions: ReadonlyMap<string, Value>, path: string) {
  for (let at = path; at.length > 1; at = at.slice(0, at.lastIndexOf('/', at.length - 2) + 1)) {
    const found = regions.get(at)
    if (found !== undefined) return found
  }
  return undefined
}
