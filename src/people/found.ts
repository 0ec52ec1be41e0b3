import type { ExpressionBuilder, SelectQueryBuilder } from 'kysely'
import type { Reads } from '../db/connection.ts'
import { preparedInScope } from '../db/prepared.ts'
import type { Schema } from '../db/schema.ts'
import { type Branch, filterByTop, inScopeByTop, type Scope, type Top } from '../db/scope.ts'
import { peopleListed, personBegins, personContains } from '../db/search.ts'
import type { PersonFilter, Sort } from './list.ts'

/** What a list reads of a person. */
export type PersonRow = {
  id: number
  tenant_id: number
  name: string
  email: string
  role_id: number | null
  active: number
  source: 'typed' | 'imported'
  invited_at: string | null
  has_account: number
  version: number
  sort_key: string
  email_key: string
  tenant_sort_key: string
}

/** What each order sorts by; the last settles ties. */
export const ORDERS = {
  name: ['sort_key', 'id'],
  email: ['email_key', 'id'],
  tenant: ['tenant_sort_key', 'tenant_id', 'sort_key', 'id'],
} as const satisfies Record<Sort['by'], (keyof PersonRow)[]>

/** What is asked for, without the values: queries of one shape are built once. */
export type Shape = Sort & {
  goes_on: boolean
  /** Who is looked at: everybody, or those who are known to contain a text or to carry a tag. */
  among: 'everybody' | 'beginning' | 'containing' | 'listed'
  /** The scope of the asker, and that of the tenant that is wanted, by whether a top holds them. */
  seen: 'all_of_top' | 'part_of_top' | 'elsewhere'
  tenant: 'any' | 'alone' | 'all_of_top' | 'part_of_top' | 'elsewhere'
  users_only: boolean
  role: 'any' | 'none' | 'one'
  source: 'any' | 'one'
  state: PersonFilter['state']
  tag: boolean
}

/** The place in an order after which a page begins. */
export type Start = Pick<
  PersonRow,
  'id' | 'tenant_id' | 'sort_key' | 'email_key' | 'tenant_sort_key'
>

/** The values of a query; those that its shape does not ask for are not read. */
export type Values = Start &
  Branch & {
    text: string
    ids_json: string
    seen_top: number
    wanted_tenant: number
    wanted_top: number
    role: number
    source: PersonRow['source']
    tag: number
    limit: number
  }

type Query = ReturnType<typeof preparedInScope<Values, PersonRow>>

/** So many shapes are remembered. */
const REMEMBERED = 200

const queries = new Map<string, Query>()

/** The query for a shape. With `within`, only where that permits too: built each time, being rare. */
export function queryFor(shape: Shape, within?: Scope): Query {
  const build = (db: Reads, scope: Scope, values: Values) => {
    const matching = matchFilter(candidates(db, shape, values), shape, values)
    const seen = matching.where(inScopeByTop(scope, 'person', topFor(shape.seen, values.seen_top)))
    return inOrder(within ? seen.where(filterByTop(within, 'person')) : seen, shape, values)
  }
  if (within) return preparedInScope<Values, PersonRow>(build)
  const name = JSON.stringify(shape)
  let query = queries.get(name)
  if (!query) {
    if (queries.size >= REMEMBERED) queries.clear()
    queries.set(name, (query = preparedInScope<Values, PersonRow>(build)))
  }
  return query
}

const topFor = (place: Shape['tenant'], id: number): Top | null =>
  place === 'elsewhere' ? null : { id, is_all: place === 'all_of_top' }

type Candidates = SelectQueryBuilder<Schema, 'person', object>

function candidates(db: Reads, { among }: Shape, values: Values): Candidates {
  if (among === 'listed') return peopleListed(db, values.ids_json)
  const everybody = db.selectFrom('person')
  if (among === 'containing') return everybody.where(personContains(values.text))
  if (among === 'beginning') return everybody.where(personBegins(values.text))
  return everybody
}

/** Constants are written out: as values they would make SQLite plan anew at each run. */
function matchFilter(all: Candidates, shape: Shape, values: Values) {
  const { tenant, users_only, role, source, state, tag } = shape
  let query = all
  if (tenant === 'alone')
    query = query.where('person.tenant_id', '=', values.wanted_tenant as never)
  else if (tenant !== 'any') {
    const scope = { allow: [{ from: values.from, to: values.to }], deny: [] }
    query = query.where(filterByTop(scope, 'person', topFor(tenant, values.wanted_top)))
  }
  if (users_only) query = query.where('person.role_id', 'is not', null)
  if (role === 'none') query = query.where('person.role_id', 'is', null)
  else if (role === 'one') query = query.where('person.role_id', '=', values.role)
  if (source === 'one') query = query.where('person.source', '=', values.source)
  if (state === 'invited') query = query.where('person.invited_at', 'is not', null)
  else if (state === 'not_invited') query = notInvited(query)
  else if (state !== 'any') query = query.where((eb) => isActive(eb, state === 'active'))
  return tag ? query.where((eb) => carries(eb, values.tag)) : query
}

const isActive = (eb: ExpressionBuilder<Schema, 'person'>, active: boolean) =>
  eb('person.active', '=', eb.lit(active ? 1 : 0))

const carries = (eb: ExpressionBuilder<Schema, 'person'>, tag: number) =>
  eb.exists(
    eb
      .selectFrom('person_tag')
      .select('person_tag.id')
      .whereRef('person_tag.person_id', '=', 'person.id')
      .whereRef('person_tag.tenant_id', '=', 'person.tenant_id')
      .where('person_tag.tag_id', '=', tag),
  )

/** Users who could be invited, and have been neither invited nor here. */
const notInvited = (query: Candidates) =>
  query
    .where((eb) => isActive(eb, true))
    .where('person.role_id', 'is not', null)
    .where('person.invited_at', 'is', null)
    .where(({ eb, not }) => not(hasAccount(eb)))

const hasAccount = (eb: ExpressionBuilder<Schema, 'person'>) =>
  eb.exists(
    eb
      .selectFrom('user_account')
      .select('user_account.person_id')
      .whereRef('user_account.person_id', '=', 'person.id'),
  )

function inOrder(matching: Candidates, shape: Shape, values: Values) {
  const direction = shape.descending ? 'desc' : 'asc'
  let query = matching
    .select(['person.id', 'person.tenant_id', 'person.name', 'person.email', 'person.role_id'])
    .select(['person.active', 'person.source', 'person.invited_at', 'person.version'])
    .select(['person.sort_key', 'person.email_key', 'person.tenant_sort_key'])
    .select((eb) => hasAccount(eb).$castTo<number>().as('has_account'))
    .limit(values.limit)
  for (const key of ORDERS[shape.by]) query = query.orderBy(`person.${key}`, direction)
  return shape.goes_on ? query.where(comesAfter(shape, values)) : query
}

type Where = Parameters<Candidates['where']>[0]

/** (a, b) > (x, y): as a tuple, which an index reads as one range. */
function comesAfter({ by, descending }: Shape, values: Values) {
  const sign = descending ? '<' : '>'
  return ((eb) => {
    const [first, second, third, fourth] = ORDERS[by].map((key) => `person.${key}`) as never[]
    const [a, b, c, d] = ORDERS[by].map((key) => values[key]) as never[]
    return fourth
      ? eb(eb.refTuple(first!, second!, third!, fourth), sign, eb.tuple(a!, b!, c!, d!))
      : eb(eb.refTuple(first!, second!), sign, eb.tuple(a!, b!))
  }) as Extract<Where, (...given: never[]) => unknown>
}
