import { type Asker, visibleScope } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import { branchOf, filterByBranch, inScope } from '../db/scope.ts'
import { idsIn } from '../db/search.ts'
import type { Shift } from './shifts.ts'
import { nameTargets } from './targets.ts'

/** So many are looked for in a shift. */
const MOST = 50

/** A schedule that goes along, and would be for nothing, since its tag or its group does not. */
export type Stranded = { name: string; tenant_name: string; target: string }

/** The schedules of the tenants in a shift that are for a tag or group of a tenant that would not be above. */
export async function listStranded(db: Reads, asker: Asker, shift: Shift): Promise<Stranded[]> {
  const { at, before, after, except = [] } = shift
  const kept = new Set(after.nodes.map(({ tenant_id }) => tenant_id))
  const left = before.nodes.map(({ tenant_id }) => tenant_id).filter((id) => !kept.has(id))
  if (at.only || left.length === 0) return []
  const rows = await db
    .selectFrom('schedule')
    .innerJoin('tenant', 'tenant.id', 'schedule.tenant_id')
    .select(['schedule.name', 'schedule.target_tag_id', 'schedule.target_group_id'])
    .select(['tenant.name as tenant_name', 'tenant.path'])
    .where(filterByBranch(branchOf(at.path), 'tenant.path'))
    .where(inScope(visibleScope(asker, 'schedule.view'), 'tenant.path'))
    .where('schedule.state', '=', 'enabled')
    .where((eb) =>
      eb.or([
        eb('schedule.target_tag_tenant_id', 'in', idsIn(left)),
        eb('schedule.target_group_tenant_id', 'in', idsIn(left)),
      ]),
    )
    .orderBy('schedule.name_key')
    .limit(MOST)
    .execute()
  const moving = rows.filter(({ path }) => !except.some((other) => path.startsWith(other)))
  const named = await nameTargets(db, moving)
  return moving.map((row) => {
    const { tag_name, group_name } = named(row)
    const target = tag_name === null ? `group ${group_name}` : `tag ${tag_name}`
    return { name: row.name, tenant_name: row.tenant_name, target }
  })
}
