import type { Reads } from '../../db/connection.ts'
import type { Pace } from '../../pace.ts'
import { MAX_DEPTH, countMsps, higherThan } from '../places.ts'
import { isSeen } from './existing.ts'
import { type Forest, type Place, childNow } from './forest.ts'
import type { PlacedRow } from './place.ts'
import type { BadLine } from '../../web/csv/read.ts'

/** How deep each place will be; "All tenants" is at 0, and what is in a circle is at Infinity. */
export type Depths = Map<Place, number>

/**
 * Refuses rows whose name somebody else keeps. A tenant whose name another row takes over while
 * the file gives itself another one is returned: its name has to be cleared away first.
 */
export async function refuseTakenNames(forest: Forest, placed: PlacedRow[], bad: BadLine[]) {
  const in_the_way = new Set<Place>()
  for (const place of placed) {
    await forest.pace(0, 0)
    const holder = childNow(forest, place.parent!, place.row.name_key)
    if (!holder || holder === place) continue
    const leaves =
      holder.row &&
      (holder.parent !== place.parent || holder.row.name_key !== holder.existing!.name_key)
    if (leaves) in_the_way.add(holder)
    else {
      const { name, slug } = holder.existing!
      const reason = isSeen(forest.asker, holder.existing)
        ? `"${name}" (slug "${slug}") is under the same parent already.`
        : 'There is a tenant of this name under the same parent already.'
      bad.push({ line: place.row.line, reason })
    }
  }
  return in_the_way
}

/** Refuses circles, and what would be deeper than the tree may be. */
export async function refuseImpossibleDepths(
  db: Reads,
  forest: Forest,
  placed: PlacedRow[],
  bad: BadLine[],
  pace: Pace,
) {
  const depths: Depths = new Map([[forest.root, 0]])
  for (const place of placed) {
    await pace(0, 0)
    bad.push(...refuseCircle(measure(place, depths)))
    const depth = depths.get(place)!
    if (depth === Infinity) continue
    if (depth > MAX_DEPTH || (await movesTooDeep(db, place, depth)))
      bad.push({ line: place.row.line, reason: `The tree would be deeper than ${MAX_DEPTH}.` })
  }
  return depths
}

/** Climbs to a place whose depth is known and comes down again; returns the circle it met. */
function measure(place: Place, depths: Depths): Place[] {
  const climbed: Place[] = []
  const on_the_way = new Set<Place>()
  let at: Place | null = place
  while (at && !depths.has(at) && !on_the_way.has(at)) {
    climbed.push(at)
    on_the_way.add(at)
    at = at.parent
  }
  const circle = at && !depths.has(at) ? climbed.slice(climbed.indexOf(at)) : []
  // A place without a parent is below a bad line, which is said there.
  let depth = at && circle.length === 0 ? depths.get(at)! : Infinity
  for (const passed of climbed.reverse()) depths.set(passed, ++depth)
  return circle
}

/** Two lines that name each other are the usual mistake; it is said with both their numbers. */
function refuseCircle(circle: Place[]): BadLine[] {
  const lines = circle.flatMap(({ row }) => (row ? [row.line] : [])).sort((a, b) => a - b)
  const reason =
    circle.length === 2 && lines.length === 2
      ? `Lines ${lines[0]} and ${lines[1]} are each other's parent.`
      : 'It would be below itself.'
  return lines.map((line) => ({ line, reason }))
}

/** Whether what a tenant brings along would be too deep; only a large branch is measured. */
async function movesTooDeep(db: Reads, { existing, parent }: PlacedRow, depth: number) {
  if (!existing || existing.parent_id === parent!.existing?.id) return false
  if (depth + existing.descendant_count <= MAX_DEPTH) return false
  return (await higherThan(db, [existing], MAX_DEPTH - depth + 1)).size > 0
}

/** Refuses to leave nobody who is the provider. */
export async function refuseLastMsp(db: Reads, placed: PlacedRow[], bad: BadLine[]) {
  const leaving = placed.filter(
    ({ existing, row }) => existing?.kind === 'msp' && row.kind && row.kind !== 'msp',
  )
  if (leaving.length === 0) return
  const coming = placed.filter(
    ({ existing, row }) => row.kind === 'msp' && existing?.kind !== 'msp',
  )
  if ((await countMsps(db)) - leaving.length + coming.length > 0) return
  for (const { row } of leaving)
    bad.push({
      line: row.line,
      reason: 'No MSP tenant would be left. Make another one an MSP first.',
    })
}
