import { WHOLE_ACCESS } from '../access/decide.ts'
import { requireTenant, visibleScope } from '../access/visible.ts'
import type { Db } from '../db/connection.ts'
import { inScope } from '../db/scope.ts'
import { idTable } from '../db/search.ts'
import { getPreference } from '../preferences/catalogue.ts'
import { resolve } from '../preferences/inheritance.ts'
import { readSkeleton } from '../preferences/skeleton.ts'
import { ROOT_ID } from '../tenants/queries.ts'

/** Of everything below a path, the computers last seen before `cutoff` are stale. */
export type StaleRule = { path: string; cutoff: string }

/** Whose access counts: it is the program that looks. */
const PROGRAM = { access: WHOLE_ACCESS }

/** The rules in force, the innermost first: the first whose path is above a computer counts. */
export async function listStaleRules(db: Db): Promise<StaleRule[]> {
  const preference = getPreference('agent.stale_after_days')
  const scope = visibleScope(PROGRAM, 'preference.view')
  const root = await requireTenant(db, PROGRAM, 'preference.view', ROOT_ID)
  const now = db.now()
  const joints = await readSkeleton(db, scope, root, preference)
  const ids = JSON.stringify(joints.map(({ node }) => node.tenant_id))
  const tenants = await db
    .selectFrom(idTable(ids))
    .innerJoin('tenant', 'tenant.id', 'listed.id')
    .select(['tenant.id', 'tenant.path'])
    .where(inScope(scope, 'tenant.path'))
    .execute()
  const paths = new Map(tenants.map(({ id, path }) => [id, path]))
  return joints
    .map(({ node, chain, exemptions }) => ({
      path: paths.get(node.tenant_id) ?? '',
      cutoff: daysBefore(now, Number(resolve(preference, chain, exemptions, now).value)),
    }))
    .sort((one, other) => other.path.length - one.path.length)
}

const daysBefore = (now: string, days: number) =>
  Temporal.Instant.from(now)
    .subtract({ hours: 24 * days })
    .toString({ smallestUnit: 'millisecond' })
