import { type Asker, requireTenant } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import { prepared } from '../db/prepared.ts'
import type { VisibleTenant } from '../db/scope.ts'
import { everyTenant } from '../db/scope-guard.ts'
import { idTable } from '../db/search.ts'
import { NotFound } from '../errors.ts'
import { type ScheduleNode, type Standing, standingOf } from './inheritance.ts'
import { type OwnedSchedule, readOwned, schedules } from './queries.ts'
import { type Times, readOverride } from './stored.ts'

/** A schedule as it stands for a tenant, with the times that count there. */
export type StandingSchedule = OwnedSchedule & { standing: Standing; times: Times }

/** A tenant and those above it, from "All tenants" down: climbs by primary key. */
const chainOf = prepared((db, { id }: { id: number }) =>
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
    .select(['id', 'name', 'path', 'blocks_inheritance'])
    .orderBy('path'),
)

/** The schedules that the tenants on a path own, but for those that are deleted. */
const ownedOn = prepared((db, { ids }: { ids: string }) =>
  schedules(db)
    .where('schedule.tenant_id', 'in', (eb) => eb.selectFrom(idTable(ids)).select('id'))
    .where('schedule.state', '<>', 'deleted')
    .orderBy('schedule.name_key')
    .orderBy('schedule.id'),
)

const overridesOn = prepared((db, { ids }: { ids: string }) =>
  everyTenant(db)
    .selectFrom('schedule_override')
    .selectAll()
    .where('tenant_id', 'in', (eb) => eb.selectFrom(idTable(ids)).select('id')),
)

/**
 * The schedules that reach a tenant, its own and those of the tenants above that apply to it, as
 * each stands there. Whoever was found to be admitted at the tenant may read them: what is inherited
 * does not depend on who looks.
 */
export async function listStanding(
  db: Reads,
  tenant: VisibleTenant<'schedule.view'>,
): Promise<StandingSchedule[]> {
  const nodes = await chainOf(db, { id: tenant })
  const ids = JSON.stringify(nodes.map(({ id }) => id))
  const owned = await ownedOn(db, { ids })
  const overrides = await overridesOn(db, { ids })
  return owned.map(readOwned).flatMap((schedule) => {
    const own = overrides.filter(({ schedule_id }) => schedule_id === schedule.id)
    const chain = nodes
      .filter(({ path }) => path.startsWith(schedule.path))
      .map(({ id, name, blocks_inheritance }): ScheduleNode => {
        const override = own.find(({ tenant_id }) => tenant_id === id)
        return {
          tenant_id: id,
          name,
          blocks_inheritance: blocks_inheritance === 1,
          override: override && { id: override.id, form: override.form },
        }
      })
    const standing = standingOf(schedule, chain)
    if (!standing) return []
    const times = own.find(({ id }) => id === standing.times_of)
    return [{ ...schedule, standing, times: times ? readOverride(times).times! : schedule }]
  })
}

/**
 * A schedule as it stands for a tenant at which the asker may see schedules. Throws NotFound where
 * it does not reach.
 */
export async function getStanding(
  db: Reads,
  asker: Asker,
  tenant_id: number,
  schedule_id: number,
): Promise<StandingSchedule> {
  const id = await requireTenant(db, asker, 'schedule.view', tenant_id)
  const standing = await listStanding(db, id)
  const found = standing.find((schedule) => schedule.id === schedule_id)
  if (!found) throw new NotFound(`schedule ${schedule_id} at tenant ${tenant_id}`)
  return found
}
