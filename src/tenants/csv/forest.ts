import type { Asker } from '../../access/visible.ts'
import type { Reads } from '../../db/connection.ts'
import type { Pace } from '../../pace.ts'
import { nameKey } from '../names.ts'
import { parsePath } from '../path.ts'
import { type Existing, getRoot, isSeen, loadById, loadBySlug, loadChildren } from './existing.ts'
import type { Row } from './row.ts'

/** A tenant of the tree as it will be: one that exists, a new one of the file, or both in one. */
export type Place = {
  existing: Existing | null
  row: Row | null
  /** The parent that it will have. Null for "All tenants", and while a line's is not known. */
  parent: Place | null
}

/** What an import knows of the tree: what the file names, and what of the database that touches. */
export type Forest = {
  db: Reads
  /** Who imports. */
  asker: Asker
  pace: Pace
  root: Place
  by_id: Map<number, Place>
  by_slug: Map<string, Place>
  /** Lines by the parent and the name that they will have. */
  arrivals: Map<Place, Map<string, Place>>
  /** Children by the parent and the name that they have now; null where there is none. */
  children: Map<Place, Map<string, Place | null>>
}

/** The forest with "All tenants" and every tenant whose slug the file may mean. */
export async function openForest(
  db: Reads,
  asker: Asker,
  slugs: Set<string>,
  pace: Pace,
): Promise<Forest> {
  const root = { existing: await getRoot(db), row: null, parent: null }
  const forest: Forest = {
    db,
    asker,
    pace,
    root,
    by_id: new Map([[root.existing.id, root]]),
    by_slug: new Map([[root.existing.slug, root]]),
    arrivals: new Map(),
    children: new Map(),
  }
  for (const place of await plant(forest, await loadBySlug(db, slugs, pace))) {
    forest.by_slug.set(place.existing!.slug, place)
    await pace(0, 0)
  }
  return forest
}

/** Gives places to tenants, and to all their ancestors. */
async function plant(forest: Forest, tenants: Existing[]) {
  const added: Place[] = []
  for (let level = tenants; level.length > 0;) {
    const parent_ids = new Set<number>()
    for (const existing of level) {
      await forest.pace(0, 0)
      if (forest.by_id.has(existing.id)) continue
      const place = { existing, row: null, parent: null }
      forest.by_id.set(existing.id, place)
      added.push(place)
      if (existing.parent_id !== null && !forest.by_id.has(existing.parent_id))
        parent_ids.add(existing.parent_id)
    }
    level = await loadById(forest.db, parent_ids, forest.pace)
  }
  for (const place of added) {
    place.parent = forest.by_id.get(place.existing!.parent_id!) ?? null
    await forest.pace(0, 0)
  }
  return tenants.map((tenant) => forest.by_id.get(tenant.id)!)
}

/** Looks up which of the names the children of a place have now. */
export async function learnChildren(forest: Forest, place: Place, keys: string[]) {
  if (!place.existing) return
  const known = entry(forest.children, place)
  const missing = keys.filter((key) => !known.has(key))
  if (missing.length === 0) return
  for (const key of missing) known.set(key, null)
  const found = await loadChildren(forest.db, place.existing.id, missing, forest.pace)
  for (const child of await plant(forest, found)) known.set(child.existing!.name_key, child)
}

/** The child of this name that a place has now, once `learnChildren` has looked it up. */
export const childNow = (forest: Forest, place: Place, key: string) =>
  forest.children.get(place)?.get(key) ?? null

/** Records that a line's tenant will be under `parent`; returns the line that is there already. */
export function arrive(forest: Forest, place: Place, parent: Place, key: string) {
  const siblings = entry(forest.arrivals, parent)
  const other = siblings.get(key)
  if (other && other !== place) return other
  siblings.set(key, place)
  return null
}

/**
 * The places that a path of names may mean ("Acme / Leeds"): with the names that tenants have now,
 * and with those that the file gives them. It may lead past tenants that who imports does not see,
 * but not to one.
 */
export async function findByPath(forest: Forest, path: string) {
  let found = new Set([forest.root])
  for (const [depth, name] of parsePath(path).entries()) {
    const key = nameKey(name)
    const below = new Set<Place>()
    for (const place of found) {
      await learnChildren(forest, place, [key])
      for (const child of [forest.arrivals.get(place)?.get(key), childNow(forest, place, key)])
        if (child) below.add(child)
    }
    // A path may begin with "All tenants" itself, unless a tenant is called so.
    if (depth === 0 && below.size === 0 && key === forest.root.existing!.name_key) continue
    found = below
  }
  return new Set([...found].filter(({ existing }) => isSeen(forest.asker, existing)))
}

function entry<Value>(map: Map<Place, Map<string, Value>>, place: Place) {
  let names = map.get(place)
  if (!names) map.set(place, (names = new Map()))
  return names
}
