import type { ExpressionBuilder, SelectQueryBuilder } from 'kysely'
import { type Asker, visibleScope } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import type { Schema } from '../db/schema.ts'
import { branchOf, filterByTop, inScopeByTop, type Scope } from '../db/scope.ts'
import {
  countPeopleContaining,
  MIN_TRIGRAM_LENGTH,
  peopleContaining,
  peopleListed,
  personBegins,
  personContains,
} from '../db/search.ts'
import { sortKey } from '../tenants/names.ts'
import { type Cursor, decodeCursor, encodeCursor } from '../web/cursor.ts'
import { idsBeginning, idsTagged } from './few.ts'
import type { PersonFilter, Sort } from './list.ts'

/** Up to so many matches of a text are fetched and sorted; more are met often enough by looking. */
const FEW = 1000

/** Which people are wanted, with the tenant that was meant. */
export type FoundFilter = Omit<PersonFilter, 'tenant'> & {
  tenant: { id: number; path: string } | null
  /** Besides, only where something else is permitted too. */
  within?: Scope
  /** Besides, only those who have a role. */
  users_only?: boolean
}

type Page = { limit: number; sort?: Sort; after?: string | null }

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

const BY_NAME: Sort = { by: 'name', descending: false }

/** What each order sorts by; the last settles ties. */
const ORDERS = {
  name: ['sort_key', 'id'],
  email: ['email_key', 'id'],
  tenant: ['tenant_sort_key', 'tenant_id', 'sort_key', 'id'],
} as const satisfies Record<Sort['by'], (keyof PersonRow)[]>

/** The people whom the asker may see and a filter matches, a page at a time. */
export async function findPeople(
  db: Reads,
  asker: Asker,
  filter: FoundFilter,
  { limit, sort = BY_NAME, after = null }: Page,
) {
  const candidates = await candidatesFor(db, filter)
  const matching = matchFilter(candidates, filter).where(
    inScopeByTop(visibleScope(asker, 'person.view'), 'person'),
  )
  const found = await inOrder(matching, sort, limit + 1, after)
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

type Candidates = SelectQueryBuilder<Schema, 'person', object>

/**
 * Everybody in whom a text may be found, or who carries a tag: where they are few, only these are
 * looked at; of many, enough are met by looking at everybody in order.
 */
async function candidatesFor(db: Reads, filter: FoundFilter): Promise<Candidates> {
  const everybody = db.selectFrom('person')
  const text = sortKey(filter.q)
  if (text === '') {
    const few = filter.tag === null ? undefined : await idsTagged(db, filter.tag, FEW)
    return few ? peopleListed(db, JSON.stringify(few)) : everybody
  }
  if (Array.from(text).length < MIN_TRIGRAM_LENGTH) {
    const few = await idsBeginning(db, text, FEW)
    return few ? peopleListed(db, JSON.stringify(few)) : everybody.where(personBegins(text))
  }
  const isFrequent = (await countPeopleContaining(db, text, FEW + 1)) > FEW
  return isFrequent ? everybody.where(personContains(text)) : peopleContaining(db, text, FEW)
}

function matchFilter(
  candidates: Candidates,
  { tenant, within, users_only, alone, role, source, state, tag }: FoundFilter,
) {
  let query = candidates
  if (within) query = query.where(filterByTop(within, 'person'))
  if (tenant && alone) query = query.where('person.tenant_id', '=', tenant.id)
  else if (tenant)
    query = query.where(filterByTop({ allow: [branchOf(tenant.path)], deny: [] }, 'person'))
  if (users_only) query = query.where('person.role_id', 'is not', null)
  if (role === 'none') query = query.where('person.role_id', 'is', null)
  else if (role !== 'any') query = query.where('person.role_id', '=', role)
  if (source !== 'any') query = query.where('person.source', '=', source)
  if (state === 'invited') query = query.where('person.invited_at', 'is not', null)
  else if (state === 'not_invited') query = notInvited(query)
  else if (state !== 'any') query = query.where('person.active', '=', Number(state === 'active'))
  if (tag !== null)
    query = query.where((eb) =>
      eb.exists(
        eb
          .selectFrom('person_tag')
          .select('person_tag.id')
          .whereRef('person_tag.person_id', '=', 'person.id')
          .whereRef('person_tag.tenant_id', '=', 'person.tenant_id')
          .where('person_tag.tag_id', '=', tag),
      ),
    )
  return query
}

/** Users who could be invited, and have been neither invited nor here. */
const notInvited = (query: Candidates) =>
  query
    .where('person.active', '=', 1)
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

function inOrder(
  candidates: Candidates,
  sort: Sort,
  limit: number,
  after: string | null,
): Promise<PersonRow[]> {
  const direction = sort.descending ? 'desc' : 'asc'
  let query = candidates
    .select(['person.id', 'person.tenant_id', 'person.name', 'person.email', 'person.role_id'])
    .select(['person.active', 'person.source', 'person.invited_at', 'person.version'])
    .select(['person.sort_key', 'person.email_key', 'person.tenant_sort_key'])
    .select((eb) => hasAccount(eb).$castTo<number>().as('has_account'))
    .limit(limit)
  for (const key of ORDERS[sort.by]) query = query.orderBy(`person.${key}`, direction)
  if (after) query = query.where(comesAfter(sort, readPlace(after, sort)))
  return query.execute()
}

const placeOf = (row: PersonRow, { by }: Sort): Cursor => ORDERS[by].map((key) => row[key])

/** The place after which a page begins. That of another order is none of this one. */
function readPlace(after: string, { by }: Sort): Cursor {
  const length = ORDERS[by].length + 1
  const [order, ...place] = decodeCursor(after, length)
  return order === by ? place : decodeCursor('', length)
}

type Where = Parameters<Candidates['where']>[0]

/** (a, b) > (x, y): as a tuple, which an index reads as one range. */
function comesAfter({ by, descending }: Sort, place: Cursor) {
  const sign = descending ? '<' : '>'
  return ((eb) => {
    const [first, second, third, fourth] = ORDERS[by].map((key) => `person.${key}`) as never[]
    const [a, b, c, d] = place as never[]
    return fourth
      ? eb(eb.refTuple(first!, second!, third!, fourth), sign, eb.tuple(a!, b!, c!, d!))
      : eb(eb.refTuple(first!, second!), sign, eb.tuple(a!, b!))
  }) as Extract<Where, (...given: never[]) => unknown>
}
