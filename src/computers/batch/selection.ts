import { type Asker, visibleScope } from '../../access/visible.ts'
import type { Reads } from '../../db/connection.ts'
import { preparedInScope } from '../../db/prepared.ts'
import { inScope } from '../../db/scope.ts'
import { idTable } from '../../db/search.ts'
import { type Pace, chunks } from '../../pace.ts'

const AT_ONCE = 500

const computersById = preparedInScope((db, scope, { ids }: { ids: string }) =>
  db
    .selectFrom(idTable(ids))
    .crossJoin('computer')
    .innerJoin('tenant', 'tenant.id', 'computer.tenant_id')
    .select(['computer.id', 'computer.name', 'computer.serial_number', 'computer.state'])
    .select(['computer.tenant_id', 'computer.primary_person_id'])
    .select(['tenant.path as tenant_path', 'tenant.name as tenant_name'])
    .whereRef('computer.id', '=', 'listed.id')
    .where(inScope(scope, 'tenant.path')),
)

/** A computer that was selected. */
export type Selected = Awaited<ReturnType<typeof computersById>>[number]

/** The selected computers that are still there and that the asker may see, in their order. */
export async function loadSelection(db: Reads, asker: Asker, ids: number[], pace: Pace) {
  const found: Selected[] = []
  const scope = visibleScope(asker, 'computer.view')
  for (const some of chunks(ids, AT_ONCE)) {
    found.push(...(await computersById(db, scope, { ids: JSON.stringify(some) })))
    await pace(0, 0)
  }
  return found
}
