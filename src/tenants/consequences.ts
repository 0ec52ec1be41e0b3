import { accessOfMovedTenants } from '../access/relocation.ts'
import { type Asker, visibleScope } from '../access/visible.ts'
import { computersAlong } from '../computers/along.ts'
import type { Db, Reads } from '../db/connection.ts'
import { preparedInScope } from '../db/prepared.ts'
import { inScope } from '../db/scope.ts'
import { idTable } from '../db/search.ts'
import { type Consequence, type Foreseen, drawAll, foreseeAll } from '../jobs/consequences.ts'
import { type Pace, chunks } from '../pace.ts'
import { preferencesOfMovedTenants } from '../preferences/relocation.ts'
import { schedulesOfMovedTenants } from '../schedules/relocation.ts'
import { listHidden, withoutHidden } from './hidden.ts'

/** Tenants that would come under another parent, with all below them. */
type TenantMove = {
  tenants: {
    id: number
    path: string
    /** All below it; and those that the asker sees. */
    descendant_count: number
    seen_below: number
  }[]
  parent_id: number
}

/** Every consequence of a new parent that is shown, in order. A feature adds its own. */
const consequences: Consequence<TenantMove, object>[] = [
  computersAlong,
  preferencesOfMovedTenants,
  schedulesOfMovedTenants,
  accessOfMovedTenants,
]

/** Works out what would follow. */
export const foreseeMove = (db: Db, asker: Asker, move: TenantMove, pace: Pace) =>
  foreseeAll(consequences, db, asker, move, pace)

/** What would follow, as it is shown. */
export const drawConsequences = (foreseen: Foreseen) => drawAll(consequences, foreseen)

const AT_ONCE = 500

const placesById = preparedInScope((db, scope, { ids }: { ids: string }) =>
  db
    .selectFrom('tenant')
    .select(['id', 'path', 'descendant_count', 'child_count'])
    .where('id', 'in', (eb) => eb.selectFrom(idTable(ids)).select('id'))
    .where(inScope(scope, 'tenant.path')),
)

/** The move of some tenants under a parent. */
export async function movedTenants(
  db: Reads,
  asker: Asker,
  ids: number[],
  parent_id: number,
): Promise<TenantMove> {
  const tenants: TenantMove['tenants'] = []
  const scope = visibleScope(asker, 'tenant.view')
  const hidden = await listHidden(db, asker)
  for (const some of chunks(ids, AT_ONCE))
    for (const row of await placesById(db, scope, { ids: JSON.stringify(some) })) {
      const { id, path, descendant_count } = row
      const seen_below = withoutHidden(row, hidden).descendant_count
      tenants.push({ id, path, descendant_count, seen_below })
    }
  return { tenants, parent_id }
}
