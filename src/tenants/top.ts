import { type Asker, visibleScope } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import { preparedInScope } from '../db/prepared.ts'
import { type Scope, inScope } from '../db/scope.ts'
import { idTable } from '../db/search.ts'
import { ROOT_PATH, idOfPath, listHidden, withoutHidden } from './hidden.ts'
import { ROOT_ID, type Tenant, getTenant } from './queries.ts'

/** The branches that somebody sees, by their topmost nodes; null for who sees "All tenants". */
export function topmostIds({ allow }: Scope): number[] | null {
  const ids = allow.map(({ from }) => idOfPath(from))
  return ids.includes(ROOT_ID) ? null : ids
}

/** What stands at the top of the list of tenants. */
export type Top = Pick<
  Tenant,
  'id' | 'parent_id' | 'name' | 'path' | 'child_count' | 'descendant_count'
>

const countsOf = preparedInScope((db, scope, { ids }: { ids: string }) =>
  db
    .selectFrom('tenant')
    .select(['id', 'path', 'child_count', 'descendant_count'])
    .where('id', 'in', (eb) => eb.selectFrom(idTable(ids)).select('id'))
    .where(inScope(scope, 'tenant.path')),
)

/**
 * "All tenants", or, for who does not see it, what stands for it: their own topmost tenants are its
 * children.
 */
export async function getTop(db: Reads, actor: Asker): Promise<Top> {
  const scope = visibleScope(actor, 'tenant.view')
  const ids = topmostIds(scope)
  if (!ids) return getTenant(db, actor, ROOT_ID)
  const hidden = await listHidden(db, actor)
  const found = await countsOf(db, scope, { ids: JSON.stringify(ids) })
  const own = found.map((tenant) => withoutHidden(tenant, hidden))
  const descendant_count = own.reduce((sum, one) => sum + 1 + one.descendant_count, 0)
  return {
    id: ROOT_ID,
    parent_id: null,
    name: 'Your tenants',
    path: ROOT_PATH,
    child_count: own.length,
    descendant_count,
  }
}
