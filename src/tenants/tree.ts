import { type Asker, visibleScope } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import { preparedInScope } from '../db/prepared.ts'
import { type Scope, inScope } from '../db/scope.ts'
import { idTable } from '../db/search.ts'
import { decodeCursor, encodeCursor } from '../web/cursor.ts'
import { type Hidden, listHidden, withoutHidden } from './hidden.ts'
import type { Sort } from './list.ts'
import { ROOT_ID } from './queries.ts'
import { ROW_COLUMNS, type TenantRow } from './rows.ts'
import { topmostIds } from './top.ts'

/** How many children of a branch are shown at a time. */
export const PAGE_SIZE = 50

/** A tenant in the tree: how deep it is shown, and where it stands among its siblings. */
export type TreeRow = TenantRow & {
  level: number
  position: number
  siblings: number
  /** Null for a tenant without children. */
  expanded: boolean | null
}

/** Stands at the end of a branch of which more can be shown. */
export type MoreRow = { more: Branch; level: number; after: string }

type Branch = { id: number; name: string; child_count: number }

type Wanted = {
  sort: Sort
  open: ReadonlySet<number>
  /** How deep the first row is shown; 1 at the left. */
  level: number
  after: string | null
}

/**
 * The next children of a branch, and below each open one its own first children. One query for
 * each branch that is shown, however many rows it has. The top of what somebody sees who does not
 * see "All tenants" stands for that, and has its id.
 */
export async function listBranch(
  db: Reads,
  actor: Asker,
  branch: Branch,
  wanted: Wanted,
): Promise<(TreeRow | MoreRow)[]> {
  const scope = visibleScope(actor, 'tenant.view')
  const hidden = await listHidden(db, actor)
  // In the order of children, what is hidden would show by where its parent stands.
  const tells = hidden.length > 0 && wanted.sort.by === 'children'
  const sort: Sort = tells ? { by: 'name', descending: false } : wanted.sort
  return listShown({ db, scope, hidden }, branch, { ...wanted, sort })
}

type Sight = { db: Reads; scope: Scope; hidden: readonly Hidden[] }

async function listShown(
  sight: Sight,
  branch: Branch,
  wanted: Wanted,
): Promise<(TreeRow | MoreRow)[]> {
  const { sort, open, level, after } = wanted
  const start = after ? decodeCursor(after, 3) : null
  const shown_before = Number(start?.[2] ?? 0)
  const found = await childrenFrom(sight, branch.id, sort, start)
  const children = found.slice(0, PAGE_SIZE)

  const rows: (TreeRow | MoreRow)[] = []
  for (const [index, found] of children.entries()) {
    const child = withoutHidden(found, sight.hidden)
    const expanded = child.child_count > 0 ? open.has(child.id) : null
    const position = shown_before + index + 1
    rows.push({ ...child, level, position, siblings: branch.child_count, expanded })
    if (expanded)
      rows.push(...(await listShown(sight, child, { ...wanted, level: level + 1, after: null })))
  }
  const last = children.at(-1)
  if (found.length > PAGE_SIZE && last) {
    const after = encodeCursor([last[COLUMNS[sort.by]], last.id, shown_before + children.length])
    rows.push({ more: branch, level, after })
  }
  return rows
}

const COLUMNS = {
  name: 'sort_key',
  slug: 'slug',
  kind: 'kind',
  children: 'child_count',
  overrides: 'override_count',
} as const

function childrenFrom(
  { db, scope }: Sight,
  parent_id: number,
  sort: Sort,
  start: (string | number)[] | null,
): Promise<TenantRow[]> {
  const [key = '', id = 0] = start ?? []
  const tops = parent_id === ROOT_ID ? topmostIds(scope) : null
  const values = { parent_id, ids: JSON.stringify(tops), key, id: Number(id) }
  return branchQuery(sort, start !== null, tops !== null)(db, scope, values)
}

type Values = { parent_id: number; ids: string; key: string | number; id: number }

type BranchQuery = (db: Reads, scope: Scope, values: Values) => Promise<TenantRow[]>

const queries = new Map<string, BranchQuery>()

/**
 * The children of a tenant in one order, from the first or from a place: an index for each. Or
 * certain tenants, of which there are few, in the place of children.
 */
function branchQuery({ by, descending }: Sort, goes_on: boolean, is_top: boolean) {
  const name = `${by} ${descending} ${goes_on} ${is_top}`
  const known = queries.get(name)
  if (known) return known
  const direction = descending ? 'desc' : 'asc'
  const query = preparedInScope((db, scope, { parent_id, ids, key, id }: Values) => {
    const children = db
      .selectFrom('tenant')
      .select(ROW_COLUMNS)
      .where((eb) =>
        is_top
          ? eb('tenant.id', 'in', eb.selectFrom(idTable(ids)).select('id'))
          : eb('tenant.parent_id', '=', parent_id),
      )
      .where(inScope(scope, 'tenant.path'))
      .orderBy(`tenant.${COLUMNS[by]}`, direction)
      .orderBy('tenant.id', direction)
      .limit(PAGE_SIZE + 1)
    if (!goes_on) return children
    return children.where((eb) =>
      eb(
        eb.refTuple(`tenant.${COLUMNS[by]}`, 'tenant.id'),
        descending ? '<' : '>',
        eb.tuple(key as never, id),
      ),
    )
  })
  queries.set(name, query)
  return query
}
