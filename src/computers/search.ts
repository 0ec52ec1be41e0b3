import type { SelectQueryBuilder } from 'kysely'
import { type Asker, visibleScope } from '../access/visible.ts'
import {
  computerContains,
  computersContaining,
  countComputersContaining,
  personContains,
} from '../db/computer-search.ts'
import type { ComputerKind, ComputerTab, Platform } from '../db/computer-schema.ts'
import type { Reads } from '../db/connection.ts'
import { preparedInScope } from '../db/prepared.ts'
import type { Schema } from '../db/schema.ts'
import { type Scope, WHOLE_TREE, branchOf, inScope } from '../db/scope.ts'
import { MIN_TRIGRAM_LENGTH, phraseOf } from '../db/search.ts'
import { sortKey } from '../tenants/names.ts'
import { decodeCursor, encodeCursor } from '../web/cursor.ts'
import type { Sort } from './list.ts'
import { type ComputerRow, ROW_COLUMNS } from './rows.ts'

/** Which computers are wanted, ready to be looked for. */
export type Wanted = {
  tab: ComputerTab
  q: string
  /** Only what is at this tenant, or, with its path, below it too. */
  tenant: { id: number; path: string; only: boolean } | null
  kind: ComputerKind | null
  platform: Platform | null
  /** Last seen at this instant or later, and before this one; '' for no bound. */
  seen_from: string
  seen_before: string
}

/** A page of a list of computers. */
export type Found = {
  rows: ComputerRow[]
  /** The place after which the next page begins. */
  next: string | null
  /** How many there are in all, where that is known for free. */
  total: number | null
}

type Page = { limit: number; sort: Sort; after?: string | null }

/** Up to so many hits of a text are fetched and sorted; more are met often enough by looking. */
const FEW = 1000

/** The computers that the asker may see and that fit, a page at a time, in the order that is wanted. */
export async function findComputers(
  db: Reads,
  asker: Asker,
  wanted: Wanted,
  { limit, sort, after = null }: Page,
): Promise<Found> {
  const scope = visibleScope(asker, 'computer.view')
  const text = sortKey(wanted.q)
  const [key = '', id = 0] = after ? decodeCursor(after, 2) : []
  const shape = shapeOf(wanted, scope, { text, sort, goes_on: after !== null })
  if (shape.text === 'anywhere') {
    const hits = await countComputersContaining(db, { phrase: phraseOf(text), hits: FEW + 1 })
    shape.text = hits > FEW ? 'walk' : 'hits'
  }
  const found = await queryFor(shape)(db, scope, {
    ...valuesOf(wanted, scope, text),
    key: String(key),
    id: Number(id),
    limit: limit + 1,
  })
  const rows = found.slice(0, limit)
  const last = rows.at(-1)
  const next = last && found.length > limit ? encodeCursor([last[COLUMNS[sort.by]], last.id]) : null
  return { rows, next, total: next === null && after === null ? rows.length : null }
}

const COLUMNS = { name: 'sort_key', system: 'operating_system', seen: 'last_seen_at' } as const

/** What is asked for, without the values: queries of one shape are built once. */
type Shape = {
  by: Sort['by']
  descending: boolean
  goes_on: boolean
  text: 'none' | 'beginning' | 'anywhere' | 'hits' | 'walk'
  place: 'everywhere' | 'tenant' | 'top' | 'branch'
  kind: boolean
  platform: boolean
  seen_from: boolean
  seen_before: boolean
}

type Asked = { text: string; sort: Sort; goes_on: boolean }

function shapeOf(wanted: Wanted, scope: Scope, { text, sort, goes_on }: Asked): Shape {
  return {
    by: sort.by,
    descending: sort.descending,
    goes_on,
    text: text === '' ? 'none' : [...text].length < MIN_TRIGRAM_LENGTH ? 'beginning' : 'anywhere',
    place: placeOf(wanted, scope),
    kind: wanted.kind !== null,
    platform: wanted.platform !== null,
    seen_from: wanted.seen_from !== '',
    seen_before: wanted.seen_before !== '',
  }
}

function placeOf({ tenant }: Wanted, scope: Scope): Shape['place'] {
  if (!tenant) return isOneBranch(scope) ? 'top' : 'everywhere'
  if (tenant.only) return 'tenant'
  return topOf(tenant.path) === tenant.id ? 'top' : 'branch'
}

const isOneBranch = ({ allow }: Scope) =>
  allow.length === 1 && allow[0]!.from !== WHOLE_TREE.allow[0]!.from

/** The ancestor just below the root, by a path: `/1/3/4/` is in 3. */
const topOf = (path: string) => Number(path.split('/')[2])

type Values = ReturnType<typeof valuesOf> & { key: string; id: number; limit: number }

function valuesOf(
  { tab, tenant, kind, platform, seen_from, seen_before }: Wanted,
  scope: Scope,
  text: string,
) {
  const path = tenant?.path ?? scope.allow[0]?.from ?? ''
  const { from, to } = branchOf(path)
  return {
    tab,
    kind: kind!,
    platform: platform!,
    seen_from,
    seen_before,
    text,
    text_end: `${text}\u{10ffff}`,
    phrase: phraseOf(text),
    hits: FEW,
    tenant_id: tenant?.id ?? 0,
    top_id: topOf(path),
    from,
    to,
  }
}

const queries = new Map<string, ReturnType<typeof preparedInScope<Values, ComputerRow>>>()

function queryFor(shape: Shape) {
  const name = Object.values(shape).join()
  let query = queries.get(name)
  if (!query) {
    query = preparedInScope<Values, ComputerRow>((db, scope, values) =>
      inOrder(within(matching(db, shape, values), shape, values), shape, values)
        .select(ROW_COLUMNS)
        .where(inScope(scope, 'computer.tenant_id')),
    )
    queries.set(name, query)
  }
  return query
}

type Candidates = SelectQueryBuilder<Schema, 'computer', object>

/** Those that contain the text, and are of the kind and the age that are wanted. */
function matching(db: Reads, shape: Shape, values: Values): Candidates {
  let query: Candidates =
    shape.text === 'hits' ? computersContaining(db, values) : db.selectFrom('computer')
  query = query.where('computer.tab', '=', values.tab)
  if (shape.kind) query = query.where('computer.kind', '=', values.kind)
  if (shape.platform) query = query.where('computer.platform', '=', values.platform)
  if (shape.seen_from) query = query.where('computer.last_seen_at', '>=', values.seen_from)
  if (shape.seen_before) query = query.where('computer.last_seen_at', '<', values.seen_before)
  if (shape.text === 'beginning')
    return query
      .where('computer.sort_key', '>=', values.text)
      .where('computer.sort_key', '<', values.text_end)
  if (shape.text !== 'walk') return query
  return query.where((eb) =>
    eb.or([
      computerContains(values.text),
      eb.exists(
        eb
          .selectFrom('person')
          .select('person.id')
          .whereRef('person.tenant_id', '=', 'computer.tenant_id')
          .whereRef('person.id', '=', 'computer.primary_person_id')
          .where(personContains(values.text)),
      ),
    ]),
  )
}

/** Those at the tenant that is wanted, or below it; else those of the only branch that is seen. */
function within(query: Candidates, { place }: Shape, values: Values): Candidates {
  if (place === 'everywhere') return query
  if (place === 'tenant') return query.where('computer.tenant_id', '=', values.tenant_id as never)
  const of_top = query.where('computer.top_id', '=', values.top_id)
  if (place === 'top') return of_top
  return of_top.where(
    inScope({ allow: [{ from: values.from, to: values.to }], deny: [] }, 'computer.tenant_id'),
  )
}

function inOrder(query: Candidates, { by, descending, goes_on }: Shape, values: Values) {
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
