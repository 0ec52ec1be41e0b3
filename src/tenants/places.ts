import type { Reads } from '../db/connection.ts'
import { prepared } from '../db/prepared.ts'
import { everyTenant } from '../db/scope-guard.ts'
import { idTable, textTable } from '../db/search.ts'
import { Conflict, Invalid } from '../errors.ts'
import { type Pace, chunks, paced } from '../pace.ts'

// What forbids a tenant to be where somebody wants it. Each rule is asked for many tenants at once;
// a command that is about one asks for that one. The rules are the tree's: they see all of it.

/** How deep the tree may be: a tenant directly under "All tenants" is at depth 1. */
export const MAX_DEPTH = 32

/** How many branches one query looks into. */
const AT_ONCE = 500

/** A tenant under which others are to be put. */
export type Parent = {
  id: number
  /** The ids from the parent up to the root; empty when there is no such tenant. */
  chain: Set<number>
}

/** Climbs from a tenant to the root, by primary key. */
const ancestors = prepared((db, { id }: { id: number }) =>
  everyTenant(db)
    .withRecursive('step(id, parent_id)', (cte) =>
      cte
        .selectFrom('tenant')
        .select(['id', 'parent_id'])
        .where('id', '=', id)
        .unionAll(
          cte
            .selectFrom('step')
            .innerJoin('tenant', 'tenant.id', 'step.parent_id')
            .select(['tenant.id', 'tenant.parent_id']),
        ),
    )
    .selectFrom('step')
    .select('id'),
)

/** A tenant as the parent of others, also when there is no such tenant. */
export async function findParentChain(db: Reads, id: number): Promise<Parent> {
  const rows = await ancestors(db, { id })
  return { id, chain: new Set(rows.map((row) => row.id)) }
}

const depthOf = (parent: Parent) => parent.chain.size - 1

/** Why nothing, or not `moving`, can be put under this parent. */
export function refuseParent(parent: Parent, moving?: { id: number; name: string }) {
  if (parent.chain.size === 0)
    return new Invalid({ parent_id: 'This parent does not exist any more.' })
  if (moving && parent.chain.has(moving.id))
    return new Invalid({ parent_id: `${moving.name} cannot be put below itself.` })
  if (depthOf(parent) < MAX_DEPTH) return undefined
  return new Invalid({
    parent_id: `The tree may be ${MAX_DEPTH} levels deep; this parent is at the last.`,
  })
}

type Moving = { id: number; name: string; descendant_count: number }

/**
 * Those of the tenants that cannot be put under a parent, and why. None of them is below another;
 * `without` are those below them that will have moved away before.
 */
export async function refuseMoves(
  db: Reads,
  parent: Parent,
  tenants: Moving[],
  without: ReadonlySet<number> = new Set(),
  pace: Pace = paced(),
) {
  const refused = new Map<number, Invalid>()
  const large: Moving[] = []
  const room = MAX_DEPTH - depthOf(parent)
  for (const tenant of tenants) {
    const refusal = refuseParent(parent, tenant)
    if (refusal) refused.set(tenant.id, refusal)
    // A branch of n tenants is at most n high: only a large one under a deep parent is measured.
    else if (1 + tenant.descendant_count > room) large.push(tenant)
  }
  for (const id of await higherThan(db, large, room, without, pace))
    refused.set(
      id,
      new Invalid({ parent_id: `With this parent the tree would be deeper than ${MAX_DEPTH}.` }),
    )
  return refused
}

const childrenOf = prepared((db, { ids }: { ids: string }) =>
  everyTenant(db)
    .selectFrom('tenant')
    .select(['id', 'parent_id', 'descendant_count'])
    .where('parent_id', 'in', (eb) => eb.selectFrom(idTable(ids)).select('id')),
)

/**
 * Those of the branches that have more levels than `levels`, themselves included. Walks all of them
 * down together, and leaves aside what cannot reach so deep.
 */
export async function higherThan(
  db: Reads,
  branches: { id: number; descendant_count: number }[],
  levels: number,
  without: ReadonlySet<number> = new Set(),
  pace: Pace = paced(),
) {
  let reached = new Map(branches.map(({ id }) => [id, id]))
  for (let level = 1; level <= levels && reached.size > 0; level++) {
    const below = new Map<number, number>()
    for (const some of chunks([...reached.keys()], AT_ONCE)) {
      for (const child of await childrenOf(db, { ids: JSON.stringify(some) }))
        if (!without.has(child.id) && level + 1 + child.descendant_count > levels)
          below.set(child.id, reached.get(child.parent_id!)!)
      await pace(0, 0)
    }
    reached = below
  }
  return new Set(reached.values())
}

const childrenNamed = prepared((db, { parent_id, keys }: { parent_id: number; keys: string }) =>
  everyTenant(db)
    .selectFrom('tenant')
    .select(['id', 'name', 'name_key'])
    .where('parent_id', '=', parent_id)
    .where('name_key', 'in', (eb) => eb.selectFrom(textTable(keys)).select('text')),
)

/** The children of a tenant that have one of the names, by the key of that. */
export async function findNamesakes(db: Reads, parent_id: number, keys: string[]) {
  const found = await childrenNamed(db, { parent_id, keys: JSON.stringify(keys) })
  return new Map(found.map((child) => [child.name_key, child]))
}

export const nameIsTaken = (holder: string) =>
  new Invalid({ name: `There is already a ${holder} under the same parent.` })

/** "All tenants" can block nothing and belongs nowhere; only its description may change. */
export const rootStays = () => new Conflict('All tenants is the root of the tree; it stays.')

/** Without an MSP nobody would be the provider. */
export const lastMspStays = () =>
  new Invalid({ kind: 'This is the last MSP tenant. Make another one an MSP first.' })

export async function countMsps(db: Reads) {
  const { count } = await everyTenant(db)
    .selectFrom('tenant')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('kind', '=', 'msp')
    .executeTakeFirstOrThrow()
  return count
}
