import { permits } from '../access/decide.ts'
import { type Asker, visibleScope } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import { prepared } from '../db/prepared.ts'
import { everyTenant } from '../db/scope-guard.ts'
import { idTable } from '../db/search.ts'

/** The id of the node with this path. */
export const idOfPath = (path: string) =>
  Number(path.slice(path.lastIndexOf('/', path.length - 2) + 1, -1))

/** The path of "All tenants". */
export const ROOT_PATH = '/1/'

/** Whether the asker may see the node with this path. */
export const sees = (asker: Asker, path: string) => permits(asker.access, 'tenant.view', path)

/** The topmost node of a branch that is denied within what somebody may see. */
export type Hidden = {
  parent_id: number | null
  path: string
  descendant_count: number
  override_count: number
  override_count_below: number
}

const hiddenNodes = prepared((db, { ids }: { ids: string }) =>
  everyTenant(db)
    .selectFrom('tenant')
    .select(['parent_id', 'path', 'descendant_count', 'override_count', 'override_count_below'])
    .where('id', 'in', (eb) => eb.selectFrom(idTable(ids)).select('id')),
)

/** What is hidden from the asker within what they may see; nothing for nearly everybody. */
export async function listHidden(db: Reads, asker: Asker): Promise<Hidden[]> {
  const { deny } = visibleScope(asker, 'tenant.view')
  if (deny.length === 0) return []
  return hiddenNodes(db, { ids: JSON.stringify(deny.map(({ from }) => idOfPath(from))) })
}

type Counted = {
  id: number
  path: string
  child_count: number
  descendant_count?: number
  override_count_below?: number
}

/** The row of a tenant without what is hidden below it: the counts are those of the whole tree. */
export function withoutHidden<Row extends Counted>(row: Row, hidden: readonly Hidden[]): Row {
  const below = hidden.filter(({ path }) => path.startsWith(row.path))
  if (below.length === 0) return row
  const less = (count: number, of: (node: Hidden) => number) =>
    below.reduce((rest, node) => rest - of(node), count)
  const { child_count, descendant_count, override_count_below } = row
  return Object.assign(
    { ...row, child_count: less(child_count, ({ parent_id }) => Number(parent_id === row.id)) },
    descendant_count !== undefined && {
      descendant_count: less(descendant_count, (node) => 1 + node.descendant_count),
    },
    override_count_below !== undefined && {
      override_count_below: less(
        override_count_below,
        (node) => node.override_count + node.override_count_below,
      ),
    },
  )
}
