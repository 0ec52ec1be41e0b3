import { permits } from '../access/decide.ts'
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
 * The same as far as the asker is told of them: one that is disabled is for those alone who see it
 * where it is made, until it is enabled.
 */
export const standingToldTo = async (
  db: Reads,
  { access }: Asker,
  tenant: VisibleTenant<'schedule.view'>,
) =>
  (await listStanding(db, tenant)).filter(
    ({ state, path }) => state === 'enabled' || permits(access, 'schedule.view', path),
  )

/**
 * A schedule as it stands for a tenant at which the asker may see schedules. Throws NotFound where
 * it does not reach, or the asker is not told of it.
 */
export async function getStanding(
  db: Reads,
  asker: Asker,
  tenant_id: number,
  schedule_id: number,
): Promise<StandingSchedule> {
  const id = await requireTenant(db, asker, 'schedule.view', tenant_id)
  const standing = await standingToldTo(db, asker, id)
  const found = standing.find((schedule) => schedule.id === schedule_id)
  if (!found) throw new NotFound(`schedule ${schedule_id} at tenant ${tenant_id}`)
  return found
}
