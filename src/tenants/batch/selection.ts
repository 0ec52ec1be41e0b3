import type { Reads } from '../../db/connection.ts'
import { prepared } from '../../db/prepared.ts'
import { idTable } from '../../db/search.ts'
import { type Pace, chunks } from '../../pace.ts'
import { MAX_DEPTH } from '../places.ts'

const AT_ONCE = 500

const tenantsById = prepared((db, { ids }: { ids: string }) =>
  db
    .selectFrom('tenant')
    .select(['id', 'parent_id', 'kind', 'name', 'name_key', 'slug', 'active', 'descendant_count'])
    .where('id', 'in', (eb) => eb.selectFrom(idTable(ids)).select('id')),
)

type Row = Awaited<ReturnType<typeof tenantsById>>[number]

/** A tenant that was selected. */
export type Selected = Row & { parent_name: string }

/**
 * The selected tenants that are still there, level by level: the deepest of the tree first, so that
 * children come before their parents; within a level in the order of selection.
 */
export async function loadSelection(db: Reads, ids: number[], pace: Pace) {
  const known = await loadWithAncestors(db, ids, pace)
  const levels: Selected[][] = []
  for (const id of ids) {
    await pace(0, 0)
    const row = known.get(id)
    if (!row) continue
    const parent = row.parent_id === null ? undefined : known.get(row.parent_id)
    const level = (levels[depthOf(row, known)] ??= [])
    level.push({ ...row, parent_name: parent?.name ?? '' })
  }
  return levels.filter((level) => level !== undefined).reverse()
}

/** Few tenants have children, so the ancestors of many are few. */
async function loadWithAncestors(db: Reads, ids: number[], pace: Pace) {
  const known = new Map<number, Row>()
  for (let missing = ids; missing.length > 0;) {
    const parent_ids = new Set<number>()
    for (const some of chunks(missing, AT_ONCE)) {
      for (const row of await tenantsById(db, { ids: JSON.stringify(some) })) {
        known.set(row.id, row)
        if (row.parent_id !== null) parent_ids.add(row.parent_id)
      }
      await pace(0, 0)
    }
    missing = [...parent_ids].filter((id) => !known.has(id))
  }
  return known
}

/** Ends also where a preview, which reads for a while, has met a tree that was changed meanwhile. */
function depthOf(row: Row, known: Map<number, Row>) {
  let depth = 0
  let at: Row | undefined = row
  while (at && at.parent_id !== null && depth <= MAX_DEPTH) {
    at = known.get(at.parent_id)
    depth++
  }
  return depth
}
