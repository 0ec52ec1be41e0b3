import type { Actor } from '../access/actor.ts'
import type { Reads } from '../db/connection.ts'
import { prepared } from '../db/prepared.ts'
import { decodeCursor, encodeCursor } from '../web/cursor.ts'
import type { Sort } from './list.ts'
import { ROW_COLUMNS, type TenantRow } from './rows.ts'

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
 * each branch that is shown, however many rows it has.
 */
export async function listBranch(
  db: Reads,
  actor: Actor,
  branch: Branch,
  wanted: Wanted,
): Promise<(TreeRow | MoreRow)[]> {
  const { sort, open, level, after } = wanted
  const start = after ? decodeCursor(after, 3) : null
  const shown_before = Number(start?.[2] ?? 0)
  const found = await childrenFrom(db, actor, branch.id, sort, start)
  const children = found.slice(0, PAGE_SIZE)

  const rows: (TreeRow | MoreRow)[] = []
  for (const [index, child] of children.entries()) {
    const expanded = child.child_count > 0 ? open.has(child.id) : null
    const position = shown_before + index + 1
    rows.push({ ...child, level, position, siblings: branch.child_count, expanded })
    if (expanded)
      rows.push(
        ...(await listBranch(db, actor, child, { ...wanted, level: level + 1, after: null })),
      )
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
  db: Reads,
  _actor: Actor,
  parent_id: number,
  sort: Sort,
  start: (string | number)[] | null,
): Promise<TenantRow[]> {
  const [key = '', id = 0] = start ?? []
  return childrenQuery(sort, start !== null)(db, { parent_id, key, id: Number(id) })
}

type Values = { parent_id: number; key: string | number; id: number }

const queries = new Map<string, (db: Reads, values: Values) => Promise<TenantRow[]>>()

/** The children of a tenant in one order, from the first or from a place: an index for each. */
function childrenQuery({ by, descending }: Sort, goes_on: boolean) {
  const name = `${by} ${descending} ${goes_on}`
  const known = queries.get(name)
  if (known) return known
  const direction = descending ? 'desc' : 'asc'
  const query = prepared((db, { parent_id, key, id }: Values) => {
    const children = db
      .selectFrom('tenant')
      .select(ROW_COLUMNS)
      .where('parent_id', '=', parent_id)
      .orderBy(COLUMNS[by], direction)
      .orderBy('id', direction)
      .limit(PAGE_SIZE + 1)
    if (!goes_on) return children
    return children.where((eb) =>
      eb(eb.refTuple(COLUMNS[by], 'id'), descending ? '<' : '>', eb.tuple(key as never, id)),
    )
  })
  queries.set(name, query)
  return query
}
