import type { ExpressionBuilder, SelectQueryBuilder } from 'kysely'
import { type Asker, visibleScope } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import { prepared } from '../db/prepared.ts'
import {
  containsText,
  countContaining,
  idTable,
  MIN_TRIGRAM_LENGTH,
  tenantsContaining,
} from '../db/search.ts'
import type { Schema } from '../db/schema.ts'
import { type Scope, inScope } from '../db/scope.ts'
import { everyTenant } from '../db/scope-guard.ts'
import { tenantCarriesTag } from '../db/tag-cover.ts'
import { decodeCursor, encodeCursor } from '../web/cursor.ts'
import { listHidden, sees, withoutHidden } from './hidden.ts'
import type { TenantFilter } from './list.ts'
import { sortKey } from './names.ts'
import { ROOT_ID } from './queries.ts'
import { ROW_COLUMNS, type TenantRow } from './rows.ts'

/** Up to so many matches of a text are fetched and sorted; more are met often enough by looking. */
const FEW = 1000

/** A page of matches, and the place after which the next one begins. */
export type Matches = {
  rows: TenantRow[]
  next: string | null
  /** How many there are in all, where that is known for free. */
  total: number | null
}

type Page = { limit: number; descending?: boolean; after?: string | null }

/** The place of a match: which of the two orders it stands in, its key there, and its id. */
type Place = { order: 'sort_key' | 'slug'; key: string; id: number }

/**
 * The tenants that a filter matches, ordered by name. A text of one or two characters is looked
 * for at the beginning of names, and after those at the beginning of slugs; a longer one anywhere.
 */
export async function findMatches(
  db: Reads,
  actor: Asker,
  filter: TenantFilter,
  { limit, descending = false, after = null }: Page,
): Promise<Matches> {
  const text = sortKey(filter.q)
  const range = { limit: limit + 1, descending, start: after ? readPlace(after) : null }
  const matching = matcherOf(filter, visibleScope(actor, 'tenant.view'))
  const isShort = text !== '' && Array.from(text).length < MIN_TRIGRAM_LENGTH
  const found = isShort
    ? await matchesBeginning(db, matching, text, range)
    : await matchesContaining(db, matching, text, range)
  const hidden = await listHidden(db, actor)
  const rows = found.slice(0, limit).map((row) => withoutHidden(row, hidden))
  const isLast = found.length <= limit
  const next = isLast
    ? null
    : writePlace(rows.at(-1)!, isShort && !rows.at(-1)!.sort_key.startsWith(text))
  return { rows, next, total: isLast && !after ? rows.length : null }
}

type Range = { limit: number; descending: boolean; start: Place | null }

async function matchesContaining(db: Reads, matching: Matcher, text: string, range: Range) {
  const all = matching(db.selectFrom('tenant'))
  if (text === '') return inOrder(all, 'sort_key', range)
  const isFrequent = (await countContaining(db, text, FEW + 1)) > FEW
  if (isFrequent) return inOrder(all.where(containsText(text)), 'sort_key', range)
  return inOrder(matching(tenantsContaining(db, text, FEW)), 'sort_key', range)
}

async function matchesBeginning(db: Reads, matching: Matcher, text: string, range: Range) {
  const end = `${text}\u{10ffff}`
  const { start, limit } = range
  const named =
    start?.order === 'slug'
      ? []
      : await inOrder(
          matching(db.selectFrom('tenant'))
            .where('tenant.sort_key', '>=', text)
            .where('tenant.sort_key', '<', end),
          'sort_key',
          range,
        )
  if (named.length >= limit) return named
  const slugged = await inOrder(
    matching(db.selectFrom('tenant'))
      .where('tenant.slug', '>=', text)
      .where('tenant.slug', '<', end)
      .where((eb) =>
        eb.not(eb.and([eb('tenant.sort_key', '>=', text), eb('tenant.sort_key', '<', end)])),
      ),
    'slug',
    { ...range, limit: limit - named.length, start: start?.order === 'slug' ? start : null },
  )
  return [...named, ...slugged]
}

type Candidates = SelectQueryBuilder<Schema, 'tenant', object>

type Matcher = (candidates: Candidates) => Candidates

/** Keeps of some tenants those that lie in the scope and that the filter matches. */
const matcherOf =
  ({ kind, active, overrides, tag }: TenantFilter, scope: Scope): Matcher =>
  (candidates) => {
    let query = within(candidates, scope)
    query = kind
      ? query.where((eb) => eb(hasOneTop(scope) ? sideways(eb) : eb.ref('tenant.kind'), '=', kind))
      : query.where('tenant.id', '<>', ROOT_ID)
    // Written out, not given as values: only so does SQLite know that a partial index will do.
    if (active !== 'any')
      query = query.where((eb) => eb('tenant.active', '=', eb.lit(active === 'active' ? 1 : 0)))
    if (tag !== null) query = query.where(tenantCarriesTag(tag))
    if (overrides) query = query.where((eb) => eb('tenant.override_count', '>', eb.lit(0)))
    return query
  }

/**
 * Confines tenants to a scope. Where that lies below one or more tenants of the top level, these
 * are named too: one of them is read in the order of names by an index of its own.
 */
export function within(candidates: Candidates, scope: Scope): Candidates {
  const query = candidates.where(inScope(scope, 'tenant.path'))
  const tops = topsOf(scope)
  // An empty text stands for the top of "All tenants" itself.
  if (tops.has(0)) return query
  const [top] = tops
  return tops.size === 1
    ? query.where('tenant.top_id', '=', top!)
    : query.where('tenant.top_id', 'in', [...tops])
}

const topsOf = ({ allow }: Scope) => new Set(allow.map(({ from }) => Number(from.split('/')[2])))

const hasOneTop = (scope: Scope) => {
  const tops = topsOf(scope)
  return tops.size === 1 && !tops.has(0)
}

/** The kind so that no index on it is used: one that holds every tenant would be preferred. */
const sideways = (eb: ExpressionBuilder<Schema, 'tenant'>) =>
  eb.fn.coalesce('tenant.kind', eb.val('root' as const))

function inOrder(
  candidates: Candidates,
  key: Place['order'],
  { limit, descending, start }: Range,
): Promise<TenantRow[]> {
  const direction = descending ? 'desc' : 'asc'
  let query = candidates
    .select(ROW_COLUMNS)
    .orderBy(`tenant.${key}`, direction)
    .orderBy('tenant.id', direction)
    .limit(limit)
  if (start)
    query = query.where((eb) =>
      eb(
        eb.refTuple(`tenant.${key}`, 'tenant.id'),
        descending ? '<' : '>',
        eb.tuple(start.key, start.id),
      ),
    )
  return query.execute()
}

const writePlace = (row: TenantRow, is_by_slug: boolean) =>
  encodeCursor(is_by_slug ? ['slug', row.slug, row.id] : ['sort_key', row.sort_key, row.id])

function readPlace(text: string): Place {
  const [order, key, id] = decodeCursor(text, 3)
  return { order: order === 'slug' ? 'slug' : 'sort_key', key: String(key), id: Number(id) }
}

/** A node above a tenant. Of one that is not `visible`, nothing but the name is shown. */
export type Ancestor = { id: number; parent_id: number | null; name: string; visible: boolean }

/** The ancestors of many tenants at once: climbs from all of them together, by primary key. */
const ancestorsOfAll = prepared((db, { ids_json }: { ids_json: string }) =>
  everyTenant(db)
    .withRecursive('step', (cte) =>
      cte
        .selectFrom(idTable(ids_json))
        .crossJoin('tenant')
        .whereRef('tenant.id', '=', 'listed.id')
        .select(['tenant.id', 'tenant.parent_id', 'tenant.name', 'tenant.path'])
        .union(
          cte
            .selectFrom('step')
            .innerJoin('tenant', 'tenant.id', 'step.parent_id')
            .select(['tenant.id', 'tenant.parent_id', 'tenant.name', 'tenant.path']),
        ),
    )
    .selectFrom('step')
    .select(['id', 'parent_id', 'name', 'path']),
)

/**
 * The path to each of the tenants, which the asker may see, in one query: its ancestors from the top, without "All
 * tenants" and without itself.
 */
export async function pathsTo(db: Reads, actor: Asker, tenants: { parent_id: number | null }[]) {
  const parents = [...new Set(tenants.map((tenant) => tenant.parent_id))]
  const steps = await ancestorsOfAll(db, { ids_json: JSON.stringify(parents) })
  const byId = new Map<number | null, Ancestor>(
    steps.map(({ path, ...step }) => [step.id, { ...step, visible: sees(actor, path) }]),
  )
  return (tenant: { parent_id: number | null }) => {
    const path: Ancestor[] = []
    let step = byId.get(tenant.parent_id)
    while (step && step.parent_id !== null) {
      path.unshift(step)
      step = byId.get(step.parent_id)
    }
    return path
  }
}
