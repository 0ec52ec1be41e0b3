import type { Asker } from '../../access/visible.ts'
import type { Reads } from '../../db/connection.ts'
import type { Kind } from '../../db/schema.ts'
import type { Pace } from '../../pace.ts'
import {
  type Forest,
  type Place,
  arrive,
  childNow,
  findByPath,
  formerChild,
  learnChildren,
  openForest,
} from './forest.ts'
import { isSeen } from './existing.ts'
import { type TenantKind, usualKindBelow } from '../kinds.ts'
import type { BadLine } from '../../web/csv/read.ts'
import type { Row } from './row.ts'

/** A line in its place in the tree as it will be. */
export type PlacedRow = Place & { row: Row }

/** The kind that a row's tenant will have, also when the file does not say. */
export const kindOf = ({ row, existing, parent }: PlacedRow): TenantKind =>
  row.kind ?? (existing?.kind as TenantKind | undefined) ?? usualKindBelow(kindOfParent(parent!))

const kindOfParent = ({ row, existing, parent }: Place): Kind =>
  row?.kind ?? existing?.kind ?? (parent ? usualKindBelow(kindOfParent(parent)) : 'root')

/**
 * Finds for every row the tenant that it is about, or a place for a new one, and its parent. A row
 * is about the tenant with its slug; without one, about the tenant of its name under its parent.
 * Rows whose parent is a path wait until the rows on that path have their places. Adds to `bad`.
 */
export async function placeRows(db: Reads, asker: Asker, rows: Row[], bad: BadLine[], pace: Pace) {
  const slugs = new Set<string>()
  for (const { slug, parent } of rows) {
    if (slug) slugs.add(slug)
    if (parent) slugs.add(parent)
    await pace(0, 0)
  }
  const forest = await openForest(db, asker, slugs, pace)
  await claimSlugs(forest, rows, bad)

  const waiting = new Map<string, Row[]>()
  const ready: [Row, Place][] = []
  for (const row of rows) {
    if (isFormer(forest, row)) continue
    const parent = statedParent(forest, row)
    if (parent) ready.push([row, parent])
    else collect(waiting, row.parent!, row)
    await pace(0, 0)
  }
  const placed = (await settle(forest, ready, bad)).concat(await settleByPath(forest, waiting, bad))
  return { forest, placed }
}

/** Whether a row is about a tenant that is part of another one now: nothing is left to do for it. */
const isFormer = ({ by_former_slug }: Forest, { slug }: Row) =>
  slug !== undefined && by_former_slug.has(slug)

/** The rows about tenants that are part of others now, with those. */
export const formerRows = (forest: Forest, rows: Row[]): PlacedRow[] =>
  rows.flatMap((row) => {
    const place = forest.by_former_slug.get(row.slug ?? '') ?? forest.former_rows.get(row)
    return place && isSeen(forest.asker, place.existing) ? [{ ...place, row }] : []
  })

/** Gives each row that has a slug its place, so that others may name it as their parent. */
async function claimSlugs(forest: Forest, rows: Row[], bad: BadLine[]) {
  for (const row of rows) {
    await forest.pace(0, 0)
    if (row.slug === undefined) continue
    const former = forest.by_former_slug.get(row.slug)
    if (former && isSeen(forest.asker, former.existing)) continue
    const place = former ??
      forest.by_slug.get(row.slug) ?? { existing: null, row: null, parent: null }
    if (!isSeen(forest.asker, place.existing))
      bad.push({ line: row.line, reason: `The slug "${brief(row.slug)}" is taken.` })
    else if (place === forest.root)
      bad.push({ line: row.line, reason: 'All tenants is the root of the tree; it stays.' })
    else if (place.row)
      bad.push({ line: row.line, reason: `Line ${place.row.line} has the same slug.` })
    else {
      place.row = row
      forest.by_slug.set(row.slug, place)
    }
  }
}

/**
 * The parent that a row names by slug, or by saying nothing; undefined when it is a path. Who does
 * not see the parent of a tenant can say nothing about it, so nothing leaves it where it is.
 */
function statedParent(forest: Forest, row: Row) {
  if (row.parent) {
    const parent = forest.by_slug.get(row.parent) ?? forest.by_former_slug.get(row.parent)
    return parent && isSeen(forest.asker, parent.existing) ? parent : undefined
  }
  const own = row.slug === undefined ? undefined : forest.by_slug.get(row.slug)
  const stays = row.parent === undefined || !isSeen(forest.asker, own?.parent?.existing ?? null)
  return stays && own?.existing ? (own.parent ?? forest.root) : forest.root
}

/** Settles the rows whose parent is a path, in as many rounds as there are levels of them. */
async function settleByPath(forest: Forest, waiting: Map<string, Row[]>, bad: BadLine[]) {
  let placed: PlacedRow[] = []
  const resolved = new Map<string, Row[]>()
  for (let settled = -1; settled !== resolved.size;) {
    settled = resolved.size
    const ready: [Row, Place][] = []
    for (const [path, rows] of waiting) {
      const [parent] = await findByPath(forest, path)
      await forest.pace(0, 0)
      if (!parent) continue
      waiting.delete(path)
      resolved.set(path, rows)
      for (const row of rows) ready.push([row, parent])
    }
    placed = placed.concat(await settle(forest, ready, bad))
  }
  for (const [path, rows] of waiting)
    for (const { line } of rows)
      bad.push({ line, reason: `There is no tenant with the slug or the path "${brief(path)}".` })
  await refuseAmbiguous(forest, resolved, bad)
  return placed
}

/** Only when every row has its place can be said whether a path fits one tenant alone. */
async function refuseAmbiguous(forest: Forest, resolved: Map<string, Row[]>, bad: BadLine[]) {
  for (const [path, rows] of resolved) {
    const { size } = await findByPath(forest, path)
    await forest.pace(0, 0)
    if (size === 1) continue
    const reason = `The path "${brief(path)}" fits ${size} tenants. Use the slug.`
    for (const { line } of rows) bad.push({ line, reason })
  }
}

/** Puts rows under their parents. */
async function settle(forest: Forest, rows: [Row, Place][], bad: BadLine[]) {
  const names = new Map<Place, string[]>()
  for (const [row, parent] of rows) {
    collect(names, parent, row.name_key)
    await forest.pace(0, 0)
  }
  for (const [parent, keys] of names) {
    await learnChildren(forest, parent, keys)
    await forest.pace(0, 0)
  }

  const placed: PlacedRow[] = []
  for (const [row, parent] of rows) {
    await forest.pace(0, 0)
    const former = row.slug === undefined && findFormer(forest, parent, row.name_key)
    if (former) {
      forest.former_rows.set(row, former)
      continue
    }
    const place = placeOf(forest, row, parent)
    // Its slug was not its own, and that was said.
    if (!place) continue
    const other = place.row === row ? arrive(forest, place, parent, row.name_key) : place
    if (other) bad.push({ line: row.line, reason: describeTwin(row, other.row!) })
    else placed.push(Object.assign(place, { row, parent }))
  }
  return placed
}

/** The tenant of which the one of this name is part now, for who sees it; unless there is another. */
function findFormer(forest: Forest, parent: Place, key: string) {
  const former = !childNow(forest, parent, key) && formerChild(forest, parent, key)
  return former && isSeen(forest.asker, former.existing) ? former : null
}

const describeTwin = (row: Row, { line, slug }: Row) =>
  row.slug !== undefined && slug !== undefined
    ? `Line ${line} has the same name under the same parent.`
    : `Line ${line} is the same tenant.`

function placeOf(forest: Forest, row: Row, parent: Place): Place | undefined {
  if (row.slug !== undefined) {
    const place = forest.by_slug.get(row.slug)
    return place?.row === row ? place : undefined
  }
  const place = childNow(forest, parent, row.name_key)
  // Who may not see the tenant of this name is told that the name is taken, as of any other.
  if (!place || !isSeen(forest.asker, place.existing)) return { existing: null, row, parent }
  place.row ??= row
  return place
}

function collect<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value) {
  const values = map.get(key)
  if (values) values.push(value)
  else map.set(key, [value])
}

const brief = (text: string) => (text.length > 80 ? `${text.slice(0, 80)}…` : text)
