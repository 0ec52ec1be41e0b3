import { permits, scopeOf } from '../access/decide.ts'
import type { Permission } from '../access/permissions.ts'
import type { Asker } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import { WHOLE_TREE } from '../db/scope.ts'
import { everyTenant } from '../db/scope-guard.ts'
import { NotFound } from '../errors.ts'
import { HIDDEN_TENANT } from './names.ts'
import type { LoggedChange } from './queries.ts'
import { loggedTables, type Row } from './tables.ts'

/**
 * A change as far as somebody may read it. Of a row that moved between two tenants, whoever sees only
 * one of them reads what the row was at that one, and of the other nothing but that there is one.
 */
export type ReadableChange = LoggedChange & {
  /** It is a move of which one end is hidden. */
  is_partly_hidden?: true
}

/** Takes from each change what belongs to a tenant that the asker does not see. */
export async function withoutHiddenEnds(
  db: Reads,
  asker: Asker,
  changes: LoggedChange[],
): Promise<ReadableChange[]> {
  const moves = new Map(changes.flatMap((change) => endsOf(change) ?? []))
  if (moves.size === 0) return changes
  const paths = await readPaths(db, [...moves.values()].flat())
  const reads = (table: string, tenant_id: number) => {
    const path = paths.get(tenant_id)
    return neededFor(table).every((one) =>
      // The log of a tenant that is gone is for those who may see everything.
      path === undefined
        ? scopeOf(asker.access, one) === WHOLE_TREE
        : permits(asker.access, one, path),
    )
  }
  return changes.map((change) => {
    const ends = moves.get(change)
    if (!ends) return change
    const [sees_before, sees_after] = ends.map((id) => reads(change.table_name, id))
    return hideEnds(change, sees_before!, sees_after!)
  })
}

const neededFor = (table: string): Permission[] => {
  const further = loggedTables[table]?.permission
  return further ? ['history.view', further] : ['history.view']
}

type Ends = [former: number, present: number]

/**
 * The tenants between which a row moved. A tenant takes along all that it is: whoever sees it sees
 * its change, and its former parent is one more that learns of it.
 */
function endsOf(change: LoggedChange): [[LoggedChange, Ends]] | undefined {
  if (change.before === null || change.after === null) return undefined
  const [before, after] = [rowOf(change.before), rowOf(change.after)]
  const column = placeColumn(change.table_name)
  const [from, to] = [before[column], after[column]]
  if (typeof from !== 'number' || typeof to !== 'number' || from === to) return undefined
  return [[change, [from, change.table_name === 'tenant' ? change.row_id : to]]]
}

/** Whether a row went to another tenant, or a tenant to another parent. */
export const isMove = (change: LoggedChange) => endsOf(change) !== undefined

const placeColumn = (table: string) => (table === 'tenant' ? 'parent_id' : 'tenant_id')

const rowOf = (json: string) => JSON.parse(json) as Row

function hideEnds(change: LoggedChange, sees_before: boolean, sees_after: boolean) {
  // A tenant's own row is its own wherever it was; what its parents are called, names.ts decides.
  if (sees_after && (sees_before || change.table_name === 'tenant')) return change
  if (!sees_after && !sees_before) throw new NotFound(`change ${change.id}`)
  const [before, after] = [rowOf(change.before!), rowOf(change.after!)]
  const [shown, hidden] = sees_after ? [after, 'before'] : [before, 'after']
  const veiled = { ...shown, [placeColumn(change.table_name)]: HIDDEN_TENANT }
  return { ...change, [hidden]: JSON.stringify(veiled), is_partly_hidden: true as const }
}

/** Where tenants lie, whoever asks: only whether the asker sees them comes of it. */
async function readPaths(db: Reads, ids: number[]) {
  const tenants = await everyTenant(db)
    .selectFrom('tenant')
    .select(['id', 'path'])
    .where('id', 'in', [...new Set(ids)])
    .execute()
  return new Map(tenants.map(({ id, path }) => [id, path]))
}
