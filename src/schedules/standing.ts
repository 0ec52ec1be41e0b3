import { type Asker, requireTenant } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import type { VisibleTenant } from '../db/scope.ts'
import { NotFound } from '../errors.ts'
import { type StandingSchedule, finderOf, readScheduleChain, standAt } from './chains.ts'

export type { StandingSchedule } from './chains.ts'

/**
 * The schedules that reach a tenant, its own and those of the tenants above that apply to it, as
 * each stands there. Whoever was found to be admitted at the tenant may read them: what is inherited
 * does not depend on who looks.
 */
export async function listStanding(
  db: Reads,
  tenant: VisibleTenant<'schedule.view'>,
): Promise<StandingSchedule[]> {
  const { nodes, owned, overrides } = await readScheduleChain(db, tenant)
  const find = finderOf(overrides)
  return owned.flatMap((schedule) => standAt(schedule, nodes, find) ?? [])
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
