import type { Selectable } from 'kysely'
import type { Reads } from '../db/connection.ts'
import { prepared } from '../db/prepared.ts'
import type { ScheduleOverrideTable } from '../db/schedule-schema.ts'
import { everyTenant } from '../db/scope-guard.ts'
import { idTable } from '../db/search.ts'
import { type ScheduleNode, type Standing, standingOf } from './inheritance.ts'
import { type OwnedSchedule, readOwned, schedules } from './queries.ts'
import { type Times, readOverride } from './stored.ts'

/** A schedule as it stands for a tenant, with the times that count there. */
export type StandingSchedule = OwnedSchedule & { standing: Standing; times: Times }

/** A tenant on the way down to another one. */
export type ChainNode = Pick<ScheduleNode, 'tenant_id' | 'name' | 'blocks_inheritance'>

/** What tenants decide about schedules that they inherit. */
export type Overrides = Selectable<ScheduleOverrideTable>[]

/** All that decides which schedules reach a tenant, and how they stand there. */
export type ScheduleChain = {
  /** From "All tenants" down to the tenant. */
  nodes: ChainNode[]
  /** What these own, by name, but for what is deleted. */
  owned: OwnedSchedule[]
  overrides: Overrides
}

/** A tenant and those above it, from "All tenants" down: climbs by primary key. */
const nodesTo = prepared((db, { id }: { id: number }) =>
  everyTenant(db)
    .withRecursive('node', (cte) =>
      cte
        .selectFrom('tenant')
        .select(['id', 'parent_id', 'name', 'path', 'blocks_inheritance'])
        .where('id', '=', id)
        .unionAll(
          cte
            .selectFrom('node')
            .innerJoin('tenant', 'tenant.id', 'node.parent_id')
            .select(['tenant.id', 'tenant.parent_id', 'tenant.name', 'tenant.path'])
            .select('tenant.blocks_inheritance'),
        ),
    )
    .selectFrom('node')
    .select(['id', 'name', 'blocks_inheritance'])
    .orderBy('path'),
)

/** The schedules that some tenants own, but for those that are deleted. */
const ownedBy = prepared((db, { ids }: { ids: string }) =>
  schedules(db)
    .where('schedule.tenant_id', 'in', (eb) => eb.selectFrom(idTable(ids)).select('id'))
    .where('schedule.state', '<>', 'deleted')
    .orderBy('schedule.name_key')
    .orderBy('schedule.id'),
)

const overridesAt = prepared((db, { ids }: { ids: string }) =>
  everyTenant(db)
    .selectFrom('schedule_override')
    .selectAll()
    .where('tenant_id', 'in', (eb) => eb.selectFrom(idTable(ids)).select('id')),
)

/**
 * The chain of a tenant, for whoever was found to be admitted at it: what is inherited does not depend
 * on who looks.
 */
export async function readScheduleChain(db: Reads, tenant_id: number): Promise<ScheduleChain> {
  const rows = await nodesTo(db, { id: tenant_id })
  const ids = JSON.stringify(rows.map(({ id }) => id))
  const owned = await ownedBy(db, { ids })
  return {
    nodes: rows.map(({ id, name, blocks_inheritance }) => ({
      tenant_id: id,
      name,
      blocks_inheritance: blocks_inheritance === 1,
    })),
    owned: owned.map(readOwned),
    overrides: await overridesAt(db, { ids }),
  }
}

/** Finds what a tenant decides about a schedule. */
export type FindOverride = (schedule_id: number, tenant_id: number) => Overrides[number] | undefined

/** The same of some overrides, once for many questions. */
export function finderOf(overrides: Overrides): FindOverride {
  const byPlace = new Map(overrides.map((one) => [`${one.schedule_id} ${one.tenant_id}`, one]))
  return (schedule_id, tenant_id) => byPlace.get(`${schedule_id} ${tenant_id}`)
}

/** How a schedule stands for the last of the nodes, which lead there; null where it does not reach. */
export function standAt(
  schedule: OwnedSchedule,
  nodes: ChainNode[],
  find: FindOverride,
): StandingSchedule | null {
  const owner = nodes.findIndex(({ tenant_id }) => tenant_id === schedule.tenant_id)
  if (owner < 0) return null
  const chain = nodes.slice(owner).map((node): ScheduleNode => {
    const override = find(schedule.id, node.tenant_id)
    return { ...node, override: override && { id: override.id, form: override.form } }
  })
  const standing = standingOf(schedule, chain)
  if (!standing) return null
  const own = chain.findLast(({ override }) => override?.id === standing.times_of)
  const times = own ? readOverride(find(schedule.id, own.tenant_id)!).times! : schedule
  return { ...schedule, standing, times }
}
