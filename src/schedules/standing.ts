import type { Reads } from '../db/connection.ts'
import { prepared } from '../db/prepared.ts'
import type { VisibleTenant } from '../db/scope.ts'
import { everyTenant } from '../db/scope-guard.ts'
import { idTable } from '../db/search.ts'
import { type ScheduleNode, type Standing, standingOf } from './inheritance.ts'
import { type OwnedSchedule, readOwned, schedules } from './queries.ts'
import { type Times, readOverride } from './stored.ts'

/** A schedule as it stands for a tenant, with the times that count there. */
export type StandingSchedule = OwnedSchedule & { standing: Standing; times: Times }

const idsOf = (path: string) => JSON.stringify(path.split('/').filter(Boolean).map(Number))

/** The tenants on a path, from "All tenants" down. */
const chainOf = prepared((db, { ids }: { ids: string }) =>
  everyTenant(db)
    .selectFrom(idTable(ids))
    .innerJoin('tenant', 'tenant.id', 'listed.id')
    .select(['tenant.id', 'tenant.name', 'tenant.path', 'tenant.blocks_inheritance'])
    .orderBy('tenant.path'),
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
  tenant: { id: VisibleTenant<'schedule.view'>; path: string },
): Promise<StandingSchedule[]> {
  const ids = idsOf(tenant.path)
  const [nodes, owned, overrides] = await Promise.all([
    chainOf(db, { ids }),
    ownedOn(db, { ids }),
    overridesOn(db, { ids }),
  ])
  return owned.map(readOwned).flatMap((schedule) => {
    const own = overrides.filter(({ schedule_id }) => schedule_id === schedule.id)
    const chain = nodes
      .filter(({ path }) => path.startsWith(schedule.path))
      .map(({ id, name, blocks_inheritance }): ScheduleNode => {
        const override = own.find(({ tenant_id }) => Number(tenant_id) === id)
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

