import type { Actor } from '../access/actor.ts'
import type { Reads } from '../db/connection.ts'
import { prepared } from '../db/prepared.ts'
import type { Kind } from '../db/schema.ts'
import { sortKey } from './names.ts'
import { ROOT_ID } from './queries.ts'
import { type Ancestor, findMatches, pathsTo } from './search.ts'

/** A tenant that may be the one that is being typed. */
export type SuggestedTenant = {
  id: number
  kind: Kind
  name: string
  /** From the top, without "All tenants". */
  ancestors: Ancestor[]
}

/**
 * The tenants that a typed text may mean, at most `limit`: first those whose names begin with it
 * ("All tenants" among them), then those that have it anywhere in their name or slug.
 */
export async function suggestTenants(
  db: Reads,
  actor: Actor,
  typed: string,
  limit: number,
): Promise<SuggestedTenant[]> {
  const from = sortKey(typed)
  const beginning = await namesBetween(db, { from, to: `${from}\u{10ffff}`, limit })
  const any = { q: typed, kind: null, active: 'any', overrides: false } as const
  const { rows } = await findMatches(db, actor, any, { limit })
  const found = new Map([...beginning, ...rows].map((row) => [row.id, row]))
  return withAncestors(db, actor, [...found.values()].slice(0, limit))
}

/** "All tenants" and the first tenants right below it: what is suggested before anything is typed. */
export async function suggestTopmost(db: Reads, actor: Actor, limit: number) {
  return withAncestors(db, actor, await topmost(db, { root: ROOT_ID, limit }))
}

type Row = Omit<SuggestedTenant, 'ancestors'> & { parent_id: number | null }

async function withAncestors(db: Reads, actor: Actor, rows: Row[]): Promise<SuggestedTenant[]> {
  const pathTo = await pathsTo(db, actor, rows)
  return rows.map((row) => ({
    id: row.id,
    kind: row.kind,
    name: row.name,
    ancestors: pathTo(row),
  }))
}

const COLUMNS = ['id', 'parent_id', 'kind', 'name'] as const

const namesBetween = prepared((db, range: { from: string; to: string; limit: number }) =>
  db
    .selectFrom('tenant')
    .select(COLUMNS)
    .where('sort_key', '>=', range.from)
    .where('sort_key', '<', range.to)
    .orderBy('sort_key')
    .orderBy('id')
    .limit(range.limit),
)

const topmost = prepared((db, { root, limit }: { root: number; limit: number }) =>
  db
    .selectFrom('tenant')
    .select([...COLUMNS, 'sort_key'])
    .where('id', '=', root)
    .unionAll(
      db
        .selectFrom('tenant')
        .select([...COLUMNS, 'sort_key'])
        .where('parent_id', '=', root),
    )
    .orderBy('parent_id')
    .orderBy('sort_key')
    .limit(limit),
)
