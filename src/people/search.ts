import { type Asker, visibleScope } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import { branchOf, type Scope, type Top, topOf } from '../db/scope.ts'
import { idsOfPeopleContaining, MIN_TRIGRAM_LENGTH } from '../db/search.ts'
import { sortKey } from '../tenants/names.ts'
import { type Cursor, decodeCursor, encodeCursor } from '../web/cursor.ts'
import { idsBeginning, idsTagged } from './few.ts'
import { ORDERS, type PersonRow, queryFor, type Shape, type Values } from './found.ts'
import type { PersonFilter, Sort } from './list.ts'

/**
 * Up to so many matches of a text are fetched and sorted; more are met often enough by looking. Of
 * 100,000 people, fetching so many takes about as long as looking until a page is full.
 */
const FEW = 500

/** Which people are wanted, with the tenant that was meant. */
export type FoundFilter = Omit<PersonFilter, 'tenant'> & {
  tenant: { id: number; path: string } | null
  /** Besides, only where something else is permitted too. */
  within?: Scope
  /** Besides, only those who have a role. */
  users_only?: boolean
}

type Page = { limit: number; sort?: Sort; after?: string | null }

const BY_NAME: Sort = { by: 'name', descending: false }

/** The people whom the asker may see and a filter matches, a page at a time. */
export async function findPeople(
  db: Reads,
  asker: Asker,
  filter: FoundFilter,
  { limit, sort = BY_NAME, after = null }: Page,
) {
  const scope = visibleScope(asker, 'person.view')
  const candidates = await candidatesFor(db, filter)
  const shape = shapeOf(filter, scope, sort)
  const found = await queryFor(
    { ...shape, among: candidates.among, goes_on: Boolean(after) },
    filter.within,
  )(db, scope, {
    ...valuesOf(filter, scope),
    ...(after ? readPlace(after, sort) : NO_PLACE),
    ids_json: candidates.ids ? JSON.stringify(candidates.ids) : '',
    limit: limit + 1,
  })
  const rows = found.slice(0, limit)
  const isLast = found.length <= limit
  const last = rows.at(-1)
  return {
    rows,
    next: isLast || !last ? null : encodeCursor([sort.by, ...placeOf(last, sort)]),
    /** How many there are in all, where that is known for free. */
    total: isLast && !after ? rows.length : null,
  }
}

type Candidates = { among: Shape['among']; ids?: number[] }

/**
 * Everybody in whom a text may be found, or who carries a tag: where they are few, only these are
 * looked at; of many, enough are met by looking at everybody in order.
 */
async function candidatesFor(db: Reads, { q, tag }: FoundFilter): Promise<Candidates> {
  const text = sortKey(q)
  if (text === '') {
    const ids = tag === null ? undefined : await idsTagged(db, tag, FEW)
    return ids ? { among: 'listed', ids } : { among: 'everybody' }
  }
  if (Array.from(text).length < MIN_TRIGRAM_LENGTH) {
    const ids = await idsBeginning(db, text, FEW)
    return ids ? { among: 'listed', ids } : { among: 'beginning' }
  }
  const ids = await idsOfPeopleContaining(db, text, FEW + 1)
  return ids.length > FEW ? { among: 'containing' } : { among: 'listed', ids }
}

function shapeOf(filter: FoundFilter, scope: Scope, { by, descending }: Sort) {
  const { tenant, alone, role, source, state, tag, users_only = false } = filter
  return {
    by,
    descending,
    seen: placeIn(topOf(scope)),
    tenant: !tenant ? 'any' : alone ? 'alone' : placeIn(topOf(below(tenant.path))),
    users_only,
    role: typeof role === 'number' ? 'one' : role,
    source: source === 'any' ? 'any' : 'one',
    state,
    tag: tag !== null,
  } satisfies Partial<Shape>
}

const placeIn = (top: Top | null): Shape['seen'] =>
  !top ? 'elsewhere' : top.is_all ? 'all_of_top' : 'part_of_top'

const below = (path: string): Scope => ({ allow: [branchOf(path)], deny: [] })

/** The values that the shape asks for; any others are not read. */
function valuesOf({ q, tenant, role, source, tag }: FoundFilter, scope: Scope) {
  const text = sortKey(q)
  const path = tenant?.path ?? ''
  return {
    ...branchOf(path),
    text,
    seen_top: topOf(scope)?.id ?? 0,
    wanted_tenant: tenant?.id ?? 0,
    wanted_top: topOf(below(path))?.id ?? 0,
    role: Number(role),
    source: source === 'any' ? ('typed' as const) : source,
    tag: tag ?? 0,
  } satisfies Partial<Values>
}

const NO_PLACE = { id: 0, tenant_id: 0, sort_key: '', email_key: '', tenant_sort_key: '' }

const placeOf = (row: PersonRow, { by }: Sort): Cursor => ORDERS[by].map((key) => row[key])

/** The place after which a page begins. That of another order is none of this one. */
function readPlace(after: string, { by }: Sort): typeof NO_PLACE {
  const length = ORDERS[by].length + 1
  const [order, ...given] = decodeCursor(after, length)
  const place = order === by ? given : decodeCursor('', length)
  return { ...NO_PLACE, ...Object.fromEntries(ORDERS[by].map((key, index) => [key, place[index]])) }
}
