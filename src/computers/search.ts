import type { SelectQueryBuilder } from 'kysely'
import { type Asker, visibleScope } from '../access/visible.ts'
import { computersListed } from '../db/computer-search.ts'
import type { ComputerTab } from '../db/computer-schema.ts'
import type { Reads } from '../db/connection.ts'
import { preparedInScope } from '../db/prepared.ts'
import type { Schema } from '../db/schema.ts'
import { type Scope, WHOLE_TREE, inScope } from '../db/scope.ts'
import { idsCarrying } from '../tags/effective.ts'
import { decodeCursor, encodeCursor } from '../web/cursor.ts'
import {
  type Shape,
  type TagMade,
  type TextWay,
  type Traits,
  type Values,
  conditionsOf,
  isIndexed,
  shapeOf,
  topOf,
  valuesOf,
} from './conditions.ts'
import { containedIn, idsContaining, idsSeen } from './few.ts'
import type { Sort } from './list.ts'
import { type ComputerRow, ROW_COLUMNS } from './rows.ts'

/** Which computers are wanted, ready to be looked for. */
export type Wanted = Traits & { tab: ComputerTab }

/** A page of a list of computers. */
export type Found = {
  rows: ComputerRow[]
  /** The place after which the next page begins. */
  next: string | null
  /** How many there are in all, where that is known for free. */
  total: number | null
}

type Page = { limit: number; sort: Sort; after?: string | null }

/**
 * Up to so many, of those that contain a text, carry a tag or were seen in a span, are fetched and
 * sorted; more are met often enough by looking.
 */
const FEW = 1000
/** Up to so many are noted down, so that each that is met need not be read to see whether it is one. */
const MANY = 10_000

/**
 * The computers that the asker may see and that fit, a page at a time, in the order that is wanted;
 * none where `wanted` is null, which is what nothing can fit.
 */
export async function findComputers(
  db: Reads,
  asker: Asker,
  wanted: Wanted | null,
  { limit, sort, after = null }: Page,
): Promise<Found> {
  if (!wanted) return { rows: [], next: null, total: 0 }
  const scope = visibleScope(asker, 'computer.view')
  const [key = '', id = 0] = after ? decodeCursor(after, 2) : []
  const { shape, values } = await prepare(db, scope, wanted, sort.by)
  const order = { ...sort, goes_on: after !== null }
  const found = await listQuery(shape, order)(db, scope, {
    ...values,
    key: String(key),
    id: Number(id),
    limit: limit + 1,
  })
  const rows = found.slice(0, limit)
  const last = rows.at(-1)
  const next = last && found.length > limit ? encodeCursor([last[COLUMNS[sort.by]], last.id]) : null
  return { rows, next, total: next === null && after === null ? rows.length : null }
}

/** How many computers fit that the asker may see, counted up to `limit`. */
export async function countComputers(db: Reads, asker: Asker, wanted: Wanted, limit: number) {
  const scope = visibleScope(asker, 'computer.view')
  const { shape, values } = await prepare(db, scope, wanted, null)
  const [found] = await countQuery(shape)(db, scope, { ...values, limit })
  return Number(found?.number)
}

const COLUMNS = { name: 'sort_key', system: 'operating_system', seen: 'last_seen_at' } as const

/** The shape of the query that finds them soonest, in an order or in none, and its values. */
async function prepare(db: Reads, scope: Scope, { tab, ...wanted }: Wanted, by: Sort['by'] | null) {
  const { ids, texts, tags } = await fewestFirst(db, { ...wanted, tab }, by)
  const traits = { ...wanted, texts, tags }
  const shape: Asking = {
    ...shapeOf(traits, ids ? 'walk' : await wayOf(db, texts)),
    listed: ids !== undefined,
    seen_aside: by !== null && by !== 'seen',
  }
  const values = { ...valuesOf(traits), tab, ids: JSON.stringify(ids ?? []) }
  const top_id = shape.place === 'everywhere' ? onlyTop(scope, wanted.tags) : undefined
  if (top_id === undefined) return { shape, values }
  return { shape: { ...shape, place: 'top' as const }, values: { ...values, top_id } }
}

/**
 * The ids of the computers from which a query starts, where a text or a tag is found in few, or few
 * were seen in the span; undefined where nothing is so rare. With the texts and tags that are left
 * to be asked for.
 */
async function fewestFirst(
  db: Reads,
  { texts, tags, ...wanted }: Wanted,
  by: Sort['by'] | null,
): Promise<{ ids?: number[]; texts: readonly string[]; tags: readonly TagMade[] }> {
  for (const text of texts) {
    const ids = await idsContaining(db, text, FEW)
    if (ids) return { ids, texts: texts.filter((other) => other !== text), tags }
  }
  for (const tag of tags) {
    const ids = await idsCarrying(db, tag.id, FEW)
    if (ids) return { ids, texts, tags: tags.filter((other) => other !== tag) }
  }
  const is_span = wanted.seen_from !== '' || wanted.seen_before !== ''
  const ids = is_span && by !== 'seen' ? await idsSeen(db, wanted, FEW) : undefined
  return { ...(ids && { ids }), texts, tags }
}

/** How texts that are frequent are looked for in the computers that are met. */
async function wayOf(db: Reads, texts: readonly string[]): Promise<TextWay> {
  for (const text of texts.filter(isIndexed))
    if (!(await containedIn(db, text, MANY))) return 'walk'
  return 'indexed'
}

/** The branch below the root that holds all that is looked at, by scope or by a tag. */
function onlyTop(scope: Scope, tags: readonly TagMade[]) {
  const paths = [...(isOneBranch(scope) ? [scope.allow[0]!.from] : []), ...tags.map(madeAt)]
  return paths.map(topOf).find((top) => !Number.isNaN(top))
}

const madeAt = ({ path }: TagMade) => path

const isOneBranch = ({ allow }: Scope) =>
  allow.length === 1 && allow[0]!.from !== WHOLE_TREE.allow[0]!.from

/** With `listed`, the query starts from computers that are known by their ids. */
type Asking = Shape & { listed: boolean }

type Asked = Values & { tab: ComputerTab; ids: string; limit: number }
type Listing = Asked & { key: string; id: number }
type Order = Sort & { goes_on: boolean }

type Query<Given extends object, Row> = ReturnType<typeof preparedInScope<Given, Row>>

const lists = new Map<string, Query<Listing, ComputerRow>>()

function listQuery(shape: Asking, order: Order) {
  const name = [...Object.values(shape), ...Object.values(order)].join()
  let query = lists.get(name)
  if (!query) {
    query = preparedInScope<Listing, ComputerRow>((db, scope, values) =>
      inOrder(matching(db, shape, values), order, values)
        .select(ROW_COLUMNS)
        .where(inScope(scope, 'computer.tenant_id')),
    )
    lists.set(name, query)
  }
  return query
}

const counts = new Map<string, Query<Asked, { number: number }>>()

function countQuery(shape: Asking) {
  const name = Object.values(shape).join()
  let query = counts.get(name)
  if (!query) {
    query = preparedInScope<Asked, { number: number }>((db, scope, values) =>
      db
        .selectFrom(
          matching(db, shape, values)
            .select('computer.id')
            .where(inScope(scope, 'computer.tenant_id'))
            .limit(values.limit)
            .as('met'),
        )
        .select((eb) => eb.fn.countAll<number>().as('number')),
    )
    counts.set(name, query)
  }
  return query
}

type Candidates = SelectQueryBuilder<Schema, 'computer', object>

/** Those of the tab that fit. */
function matching(db: Reads, shape: Asking, values: Asked): Candidates {
  const candidates: Candidates = shape.listed
    ? computersListed(db, values.ids)
    : db.selectFrom('computer')
  return candidates
    .where('computer.tab', '=', values.tab)
    .where((eb) => eb.and(conditionsOf(shape, values)))
}

function inOrder(query: Candidates, { by, descending, goes_on }: Order, values: Listing) {
  const key = `computer.${COLUMNS[by]}` as const
  const direction = descending ? 'desc' : 'asc'
  const ordered = query
    .orderBy(key, direction)
    .orderBy('computer.id', direction)
    .limit(values.limit)
  if (!goes_on) return ordered
  return ordered.where((eb) =>
    eb(eb.refTuple(key, 'computer.id'), descending ? '<' : '>', eb.tuple(values.key, values.id)),
  )
}
