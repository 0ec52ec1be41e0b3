import { type Asker, visibleScope } from '../../access/visible.ts'
import type { Reads } from '../../db/connection.ts'
import { prepared, preparedInScope } from '../../db/prepared.ts'
import { inScope } from '../../db/scope.ts'
import { everyTenant } from '../../db/scope-guard.ts'
import { idTable } from '../../db/search.ts'
import { type Pace, chunks } from '../../pace.ts'

const AT_ONCE = 500

const tenantsById = preparedInScope((db, scope, { ids }: { ids: string }) =>
  db
    .selectFrom('tenant')
    .select(['id', 'parent_id', 'kind', 'name', 'name_key', 'slug', 'active', 'path'])
    .select('descendant_count')
    .where('id', 'in', (eb) => eb.selectFrom(idTable(ids)).select('id'))
    .where(inScope(scope, 'tenant.path')),
)

type Row = Awaited<ReturnType<typeof tenantsById>>[number]

/** A tenant that was selected. */
export type Selected = Row & { parent_name: string }

/**
 * The selected tenants that are still there for the asker, level by level: the deepest of the tree
 * first, so that children come before their parents; within a level in the order of selection.
 */
export async function loadSelection(db: Reads, asker: Asker, ids: number[], pace: Pace) {
  const scope = visibleScope(asker, 'tenant.view')
  const levels: Selected[][] = []
  for (const some of chunks(ids, AT_ONCE)) {
    const rows = await tenantsById(db, scope, { ids: JSON.stringify(some) })
    const byId = new Map(rows.map((row) => [row.id, row]))
    const parents = await namesOf(db, [...new Set(rows.map(({ parent_id }) => parent_id))])
    for (const id of some) {
      const row = byId.get(id)
      if (!row) continue
      const level = (levels[row.path.split('/').length] ??= [])
      level.push({ ...row, parent_name: parents.get(row.parent_id!) ?? '' })
    }
    await pace(0, 0)
  }
  return levels.filter((level) => level !== undefined).reverse()
}

const namesById = prepared((db, { ids }: { ids: string }) =>
  everyTenant(db)
    .selectFrom('tenant')
    .select(['id', 'name'])
    .where('id', 'in', (eb) => eb.selectFrom(idTable(ids)).select('id')),
)

/** The names of parents, which may be known of every tenant that one sees. */
async function namesOf(db: Reads, parent_ids: (number | null)[]) {
  const found = await namesById(db, { ids: JSON.stringify(parent_ids) })
  return new Map(found.map(({ id, name }) => [id, name]))
}
