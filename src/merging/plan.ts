import type { Actor } from '../access/actor.ts'
import { permits } from '../access/decide.ts'
import type { Reads } from '../db/connection.ts'
import { Conflict as Taken } from '../errors.ts'
import type { Pace } from '../pace.ts'
import { findPairs, lackingAt, refuseRights, type Wanted } from './pairs.ts'
import type { Conflict, Count, Look, Pair, Part } from './part.ts'
import { parts, requireEveryColumn } from './registry.ts'
import { addUp } from './tally.ts'

/** What a merge would come to. */
export type Plan = {
  pairs: Pair[]
  /** Of all sources together; only what there is, and what who merges may see. */
  counts: Count[]
  conflicts: Conflict[]
  /** Why it is not possible; empty when it is. */
  refusals: string[]
  /** What it was made of: it is another when something that was looked at has changed. */
  state: string
}

/** Looks at everything that the sources have. Only reads. Throws as `findPairs` does. */
export async function planMerge(
  db: Reads,
  asker: Actor,
  wanted: Wanted,
  at: string,
  pace: Pace,
): Promise<Plan> {
  await requireEveryColumn(db)
  const pairs = await findPairs(db, asker, wanted, at)
  const looks: Look[] = []
  for (const pair of pairs) {
    const refusals = refuseRights(pair)
    looks.push({ counts: [], refusals })
    for (const part of refusals.length === 0 ? parts : []) {
      looks.push(await lookAt(db, part, pair))
      await pace(0, 0)
    }
  }
  const conflicts = unique(looks.flatMap((look) => look.conflicts ?? []))
  return {
    pairs,
    counts: sum(looks.flatMap(({ counts }) => counts)),
    conflicts,
    refusals: [...new Set(looks.flatMap((look) => look.refusals ?? []))],
    state: stateOf(pairs, conflicts),
  }
}

/** A part as far as who merges may do it: of what they may not see, nothing is told. */
async function lookAt(db: Reads, part: Part, pair: Pair): Promise<Look> {
  const look = await part.look(db, pair)
  const counts = look.counts.filter(({ number }) => number > 0)
  if (counts.length === 0) return { counts: [] }
  const lacking = [pair.source, pair.destination].flatMap((tenant) =>
    lackingAt(pair.asker, tenant, part.needs),
  )
  if (lacking.length === 0) return { ...look, counts }
  const views = part.needs.filter((permission) => permission.endsWith('.view'))
  const sees = views.every((view) => permits(pair.asker.access, view, pair.source.path))
  return { counts: sees ? counts : [], refusals: lacking }
}

function sum(counts: Count[]): Count[] {
  const sums = new Map<string, Count>()
  for (const count of counts) {
    const known = sums.get(count.what)
    sums.set(count.what, known ? addUp(known, count) : count)
  }
  return [...sums.values()]
}

/** Something of a source may meet its like at the destination and at another source. */
const unique = (conflicts: Conflict[]) =>
  [...new Map(conflicts.toReversed().map((conflict) => [conflict.id, conflict])).values()].reverse()

const stateOf = (pairs: Pair[], conflicts: Conflict[]) =>
  JSON.stringify([
    pairs.map(({ source }) => [source.id, source.version]),
    pairs.map(({ destination }) => [destination.id, destination.version]),
    conflicts.map(({ id }) => id),
  ])

/** Throws Conflict when a plan is not what somebody saw who confirmed it. */
export function requireAsSeen({ state }: Plan, seen: string | null) {
  if (seen === null || seen === state) return
  throw new Taken(
    'Something of what is merged was changed since you looked at it. Nothing was merged. Begin again, and look at the preview.',
  )
}
