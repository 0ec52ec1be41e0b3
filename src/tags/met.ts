import type { Permission } from '../access/permissions.ts'
import { type Asker, visibleScope } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import { prepared } from '../db/prepared.ts'
import { type Scope, branchOf } from '../db/scope.ts'
import { everyTenant } from '../db/scope-guard.ts'
import { type Page, type Place, namesakes, tagsOfPlaces, tagsOfTree } from './by-name.ts'
import type { Tag } from './queries.ts'

// The tags that may be met where somebody has a permission, such as to see people: those made there,
// and those made above, of which nothing but name and colour is shown.

/** A tag with the node where it was made. */
export type PlacedTag = Tag & { tenant_id: number; path: string }

/** So many tags are offered at once, the first by name. */
export const MOST_CHOICES = 200

/** Whether a tag can be carried by what is at the node with this path. */
export const isUsableAt = (tag: { path: string }, path: string) => path.startsWith(tag.path)

/** The ids in a path: those of the node itself and of all above it. */
export const idsInPath = (path: string) => path.split('/').filter(Boolean).map(Number)

const START = { name_key: '', id: 0 }

/** Some of the tags that may be met, by name, after a place in that order. */
export function tagsMet(db: Reads, asker: Asker, permission: Permission, page: Page) {
  const scope = visibleScope(asker, permission)
  return readByName(
    db,
    scope,
    page,
    scope.allow.flatMap(({ from }) => idsInPath(from)),
  )
}

/** Likewise, of those that were made where the asker has the permission. */
export const tagsMadeWithin = (db: Reads, asker: Asker, permission: Permission, page: Page) =>
  readByName(db, visibleScope(asker, permission), page, [])

function readByName(
  db: Reads,
  { allow, deny }: Scope,
  { after = START, text = '', limit }: Page,
  above: number[],
): Promise<(PlacedTag & Place)[]> {
  const heads = allow.map(({ from }) => from)
  const page = { ...after, text, limit, denied: json(deny.map(({ from }) => headOf(from))) }
  if (heads.includes(ROOT.from)) return tagsOfTree(db, page)
  return tagsOfPlaces(db, { ...page, places: json(above), branches: json(heads.map(headOf)) })
}

const ROOT = branchOf('/1/')

const json = (ids: number[]) => JSON.stringify([...new Set(ids)])

const headOf = (path: string) => idsInPath(path).at(-1)!

/** One of the tags that may be met, by id; undefined for any other. */
export async function findTag(db: Reads, asker: Asker, permission: Permission, id: number) {
  const [tag] = await tagById(db, { id })
  return tag && isMet(visibleScope(asker, permission), tag.path) ? tag : undefined
}

const tagById = prepared((db, { id }: { id: number }) => placed(db).where('tag.id', '=', id))

const placed = (db: Reads) =>
  everyTenant(db)
    .selectFrom('tag')
    .innerJoin('tenant', 'tenant.id', 'tag.tenant_id')
    .select(['tag.id', 'tag.name', 'tag.color', 'tag.tenant_id', 'tenant.path'])

function isMet({ allow, deny }: Scope, path: string) {
  if (deny.some(({ from }) => path.startsWith(from))) return false
  return allow.some(({ from }) => path.startsWith(from) || from.startsWith(path))
}

/**
 * The tags to choose from where some are filtered by one: the first of those that may be met, and
 * the one that is chosen, if any.
 */
export async function tagChoices(
  db: Reads,
  asker: Asker,
  permission: Permission,
  chosen: number | null = null,
): Promise<Tag[]> {
  const first = await tagsMet(db, asker, permission, { limit: MOST_CHOICES })
  if (chosen === null || first.some(({ id }) => id === chosen)) return first
  const tag = await findTag(db, asker, permission, chosen)
  return tag ? [...first, tag] : first
}

/**
 * The first of the tags that something at a node can be given, if it has not got them. Whoever asks
 * was found to see what is there, and so meets every tag that was made above.
 */
export async function tagsToGive(db: Reads, path: string, given: Set<number>): Promise<Tag[]> {
  const tags = await tagsOfPlaces(db, {
    ...START,
    text: '',
    limit: MOST_CHOICES + given.size,
    places: json(idsInPath(path)),
    branches: '[]',
    denied: '[]',
  })
  return tags.filter(({ id }) => !given.has(id)).slice(0, MOST_CHOICES)
}

/** The tags with one name, given as `nameKey` writes it, that can be carried at a tenant. */
export const tagsNamed = (db: Reads, tenant_id: number, name_key: string): Promise<PlacedTag[]> =>
  namesakes(db, { tenant_id, name_key })
