import { WHOLE_ACCESS } from '../access/decide.ts'
import { requireTenant, visibleScope } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import { inScope } from '../db/scope.ts'
import { idTable } from '../db/search.ts'
import { ROOT_ID } from '../tenants/queries.ts'
import { getPreference } from './catalogue.ts'
import { resolve } from './inheritance.ts'
import { readSkeleton } from './skeleton.ts'

/** Whose access counts: it is the program that looks. */
const PROGRAM = { access: WHOLE_ACCESS }

/**
 * What of a preference is in effect in the whole tree, by the paths of its regions, the innermost
 * first: it is so for all below a path, but for what a region further in covers.
 */
export async function readRegions(
  db: Reads,
  key: string,
  now: string,
): Promise<Map<string, unknown>> {
  const preference = getPreference(key)
  const scope = visibleScope(PROGRAM, 'preference.view')
  const root = await requireTenant(db, PROGRAM, 'preference.view', ROOT_ID)
  const joints = await readSkeleton(db, scope, root, preference)
  const ids = JSON.stringify(joints.map(({ node }) => node.tenant_id))
  const tenants = await db
    .selectFrom(idTable(ids))
    .innerJoin('tenant', 'tenant.id', 'listed.id')
    .select(['tenant.id', 'tenant.path'])
    .where(inScope(scope, 'tenant.path'))
    .execute()
  const paths = new Map(tenants.map(({ id, path }) => [id, path]))
  const regions = joints.map(({ node, chain, exemptions }): [string, unknown] => [
    paths.get(node.tenant_id) ?? '',
    resolve(preference, chain, exemptions, now).value,
  ])
  return new Map(regions.sort(([one], [other]) => other.length - one.length))
}
