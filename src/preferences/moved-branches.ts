import { type Asker, visibleScope } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import { preparedInScope } from '../db/prepared.ts'
import { type Scope, branchOf, inScope } from '../db/scope.ts'
import { everyTenant } from '../db/scope-guard.ts'
import { type Chain, readChain } from './chain.ts'
import { type Taken, afterTaking } from './taking.ts'

/** Tenants that would come under another parent; one of them may be below another. */
export type MovedTenants = {
  tenants: { id: number; path: string; descendant_count: number }[]
  parent_id: number
  /** What their new parent takes of their former ones. */
  taken?: Taken[]
}

/** More places are not looked at: each takes two resolutions of every preference. */
const MOST = 2000
const CHUNK = 500

type Decider = { id: number; path: string; descendant_count: number }
type Place = { before: Chain; after: Chain; number: number } | { beyond: number }

/**
 * The tenants of the moved branches at which something is decided, each with its chain as it is and
 * as it would be, and with how many tenants have in effect what it has. Every other tenant follows
 * the nearest of these above it, so a branch is never gone through.
 */
export async function* placesOf(
  db: Reads,
  asker: Asker,
  { tenants, parent_id, taken = [] }: MovedTenants,
): AsyncGenerator<Place> {
  const scope = visibleScope(asker, 'preference.view')
  const deciders = await findDeciders(db, scope, tenants)
  const hidden = await findHidden(db, scope)
  const roots = new Set(tenants.map(({ id }) => id))
  const parent = await readChain(db, parent_id)
  const settle = await afterTaking(db, taken)
  let looked_at = 0
  let beyond = 0
  for (const [id, number] of countFollowers(deciders, hidden)) {
    if (looked_at++ >= MOST) {
      beyond += number
      continue
    }
    const before = await readChain(db, id, { may_move: true })
    yield { before, after: settle(hangUnder(parent, before, roots)), number }
  }
  if (beyond > 0) yield { beyond }
}

type After = { from: string; to: string; after: string }

/** What has entries, exemptions or a block; found by the order of paths, without its followers. */
const decidersBelow = preparedInScope((db, scope, { from, to, after }: After) =>
  db
    .selectFrom('tenant')
    .select(['tenant.id', 'tenant.path', 'tenant.descendant_count'])
    .where('tenant.path', '>=', from)
    .where('tenant.path', '<', to)
    .where('tenant.path', '>', after)
    .where('tenant.path', '<>', '')
    .where((eb) =>
      eb.or([
        eb('tenant.override_count', '>', 0),
        eb('tenant.blocks_inheritance', '=', 1),
        eb.exists(
          eb
            .selectFrom('exemption')
            .select('exemption.id')
            .whereRef('exemption.tenant_id', '=', 'tenant.id')
            .where(inScope(scope, 'exemption.tenant_id')),
        ),
      ]),
    )
    .where(inScope(scope, 'tenant.path'))
    .orderBy('tenant.path')
    .limit(CHUNK),
)

/** The moved tenants themselves, and the deciding ones below them, each once. */
async function findDeciders(db: Reads, scope: Scope, tenants: Decider[]) {
  const found = new Map<number, Decider>(tenants.map((tenant) => [tenant.id, tenant]))
  for (const { path, descendant_count } of tenants) {
    if (descendant_count === 0) continue
    const branch = branchOf(path)
    for (let after = path; after !== '' && found.size <= MOST + CHUNK;) {
      const rows = await decidersBelow(db, scope, { ...branch, after })
      for (const row of rows) found.set(row.id, row)
      after = rows.length < CHUNK ? '' : rows.at(-1)!.path
      await new Promise(setImmediate)
    }
  }
  return [...found.values()]
}

/** The tops of the branches that are closed to the asker: what is in them is not counted. */
async function findHidden(db: Reads, { deny }: Scope): Promise<Decider[]> {
  if (deny.length === 0) return []
  const paths = deny.map(({ from }) => from)
  return everyTenant(db)
    .selectFrom('tenant')
    .select(['id', 'path', 'descendant_count'])
    .where('path', 'in', paths)
    .execute()
}

/** How many tenants follow each of the deciders, itself included. */
function countFollowers(deciders: Decider[], hidden: Decider[]) {
  const number = new Map(deciders.map((one) => [one.id, one.descendant_count + 1]))
  for (const { path, descendant_count } of [...deciders, ...hidden]) {
    const above = path.split('/').slice(1, -2).map(Number)
    const nearest = above.findLast((id) => number.has(id))
    if (nearest !== undefined) number.set(nearest, number.get(nearest)! - descendant_count - 1)
  }
  return number
}

/** A chain as it would be: from the moved tenant that is nearest on, it hangs under the new parent. */
export function hangUnder(parent: Chain, chain: Chain, roots: ReadonlySet<number>): Chain {
  const top = chain.nodes.findLastIndex(({ tenant_id }) => roots.has(tenant_id))
  const height = parent.nodes.length
  const entries: Chain['entries'] = new Map()
  for (const key of new Set([...parent.entries.keys(), ...chain.entries.keys()])) {
    const own = chain.entries.get(key)?.slice(top) ?? []
    const above = Array.from({ length: height }, (_, index) => parent.entries.get(key)?.[index])
    entries.set(key, [...above, ...own])
  }
  const below = new Set(chain.nodes.slice(top).map(({ tenant_id }) => tenant_id))
  const exemptions: Chain['exemptions'] = new Map(parent.exemptions)
  for (const [key, some] of chain.exemptions) {
    const own = some.filter(({ tenant_id }) => below.has(tenant_id))
    exemptions.set(key, [...(exemptions.get(key) ?? []), ...own])
  }
  return { nodes: [...parent.nodes, ...chain.nodes.slice(top)], entries, exemptions }
}
