import type { Asker } from '../../access/visible.ts'
import type { Reads } from '../../db/connection.ts'
import type { Pace } from '../../pace.ts'
import { nameKey } from '../names.ts'
import { parsePath } from '../path.ts'
import {
  type Existing,
  getRoot,
  isSeen,
  loadByFormerName,
  loadByFormerSlug,
  loadById,
  loadBySlug,
  loadChildren,
} from './existing.ts'
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
  /** Tenants by a slug of one that is part of them now. */
  by_former_slug: Map<string, Place>
  /** Lines by the parent and the name that they will have. */
  arrivals: Map<Place, Map<string, Place>>
  /** Children by the parent and the name that they have now; null where there is none. */
  children: Map<Place, Map<string, Place | null>>
  /** Tenants by the parent and the name of one that is part of them now. */
  former_children: Map<Place, Map<string, Place>>
  /** Lines without a slug that are about such a one, by its name. */
  former_rows: Map<Row, Place>
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
    by_former_slug: new Map(),
    arrivals: new Map(),
    children: new Map(),
    former_children: new Map(),
    former_rows: new Map(),
  }
  for (const place of await plant(forest, await loadBySlug(db, slugs, pace))) {
    forest.by_slug.set(place.existing!.slug, place)
    await pace(0, 0)
  }
  const former = await loadByFormerSlug(db, slugs, pace)
  const holders = await plantById(forest, former.values())
  for (const [slug, id] of former) forest.by_former_slug.set(slug, holders.get(id)!)
  return forest
}

async function plantById(forest: Forest, ids: Iterable<number>) {
  const tenants = await loadById(forest.db, new Set(ids), forest.pace)
  return new Map((await plant(forest, tenants)).map((place) => [place.existing!.id, place]))
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
  await learnFormerChildren(
    forest,
    place,
    missing.filter((key) => known.get(key) === null),
  )
}

async function learnFormerChildren(forest: Forest, place: Place, keys: string[]) {
  const former = await loadByFormerName(forest.db, place.existing!.id, keys, forest.pace)
  const holders = await plantById(forest, former.values())
  const names = entry(forest.former_children, place)
  for (const [key, id] of former) names.set(key, holders.get(id)!)
}

/** The tenant of which a former child of this name is part now; likewise. */
export const formerChild = (forest: Forest, place: Place, key: string) =>
  forest.former_children.get(place)?.get(key) ?? null

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
      const now = childNow(forest, place, key) ?? formerChild(forest, place, key)
      for (const child of [forest.arrivals.get(place)?.get(key), now]) if (child) below.add(child)
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
