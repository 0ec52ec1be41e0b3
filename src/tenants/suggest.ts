import { type Asker, visibleScope } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import type { Kind } from '../db/schema.ts'
import { inScope } from '../db/scope.ts'
import { idTable } from '../db/search.ts'
import { sortKey } from './names.ts'
import { ROOT_ID } from './queries.ts'
import { type Ancestor, findMatches, pathsTo, within } from './search.ts'
import { topmostIds } from './top.ts'

/** A tenant that may be the one that is being typed. */
export type SuggestedTenant = {
  id: number
  kind: Kind
  name: string
  path: string
  /** From the top, without "All tenants". */
  ancestors: Ancestor[]
}

/**
 * The tenants that a typed text may mean, at most `limit`: first those whose names begin with it
 * ("All tenants" among them), then those that have it anywhere in their name or slug.
 */
export async function suggestTenants(
  db: Reads,
  actor: Asker,
  typed: string,
  limit: number,
): Promise<SuggestedTenant[]> {
  const from = sortKey(typed)
  const beginning = await within(db.selectFrom('tenant'), visibleScope(actor, 'tenant.view'))
    .select(COLUMNS)
    .where('tenant.sort_key', '>=', from)
    .where('tenant.sort_key', '<', `${from}\u{10ffff}`)
    .orderBy('tenant.sort_key')
    .orderBy('tenant.id')
    .limit(limit)
    .execute()
  const any = { q: typed, kind: null, active: 'any', overrides: false, tag: null } as const
  const { rows } = await findMatches(db, actor, any, { limit })
  const found = new Map([...beginning, ...rows].map((row) => [row.id, row]))
  return withAncestors(db, actor, [...found.values()].slice(0, limit))
}

/** The first tenants of the top level, "All tenants" before them: before anything is typed. */
export async function suggestTopmost(db: Reads, actor: Asker, limit: number) {
  const scope = visibleScope(actor, 'tenant.view')
  const tops = topmostIds(scope)
  const topmost = db
    .selectFrom('tenant')
    .select(COLUMNS)
    .where(inScope(scope, 'tenant.path'))
    .orderBy('tenant.sort_key')
    .orderBy('tenant.id')
    .limit(limit)
  if (tops) {
    const ids = JSON.stringify(tops)
    const own = topmost.where('id', 'in', (eb) => eb.selectFrom(idTable(ids)).select('id'))
    return withAncestors(db, actor, await own.execute())
  }
  const [root, children] = await Promise.all([
    topmost.where('tenant.id', '=', ROOT_ID).execute(),
    topmost.where('tenant.parent_id', '=', ROOT_ID).execute(),
  ])
  return withAncestors(db, actor, [...root, ...children].slice(0, limit))
}

type Row = Omit<SuggestedTenant, 'ancestors'> & { parent_id: number | null }

async function withAncestors(db: Reads, actor: Asker, rows: Row[]): Promise<SuggestedTenant[]> {
  const pathTo = await pathsTo(db, actor, rows)
  return rows.map((row) => ({
    id: row.id,
    kind: row.kind,
    name: row.name,
    path: row.path,
    ancestors: pathTo(row),
  }))
}

const COLUMNS = [
  'tenant.id',
  'tenant.parent_id',
  'tenant.kind',
  'tenant.name',
  'tenant.path',
] as const
