import type { Reads } from '../db/connection.ts'
import { Invalid } from '../errors.ts'
import { nameKey } from '../tenants/names.ts'
import { type PlacedTag, tagsNamed } from './met.ts'
import type { Tag } from './queries.ts'

// Tags as one text, in a form and in a file: their names with semicolons between them. A semicolon in
// a name is written twice.

export const writeTagNames = (tags: Tag[]) =>
  tags.map(({ name }) => name.replaceAll(';', ';;')).join('; ')

/** No name has a control character in it. */
const DOUBLED = '\u0001'

const readTagNames = (text: string) =>
  text
    .replaceAll(';;', DOUBLED)
    .split(';')
    .map((name) => name.replaceAll(DOUBLED, ';').trim())
    .filter((name) => name !== '')

/**
 * The tags that a text names, out of those that can be used. Where several have one name, those that
 * are carried already are meant, then the one that was made nearest. Throws Invalid at `tags`.
 */
export async function findTagsNamed(
  text: string,
  finder: TagFinder,
  carried: Tag[],
): Promise<PlacedTag[]> {
  const held = new Set(carried.map(({ id }) => id))
  const found = new Map<number, PlacedTag>()
  for (const name of readTagNames(text)) {
    const nearest = (await finder(name)).toSorted(
      (one, other) =>
        Number(held.has(other.id)) - Number(held.has(one.id)) ||
        other.path.length - one.path.length,
    )
    const tag = nearest.find(({ id }) => !found.has(id) && held.has(id)) ?? nearest[0]
    if (!tag) throw new Invalid({ tags: `There is no tag “${name.slice(0, 50)}” to use here.` })
    found.set(tag.id, tag)
  }
  return [...found.values()]
}

/** Finds the tags with a name that can be used at some tenant. */
export type TagFinder = (name: string) => Promise<PlacedTag[]>

/** Looks each name up once, for what is at one tenant that whoever asks was found to see. */
export function openTagFinder(db: Reads, tenant_id: number): TagFinder {
  const known = new Map<string, Promise<PlacedTag[]>>()
  return (name) => {
    const key = nameKey(name)
    const found = known.get(key) ?? tagsNamed(db, tenant_id, key)
    known.set(key, found)
    return found
  }
}

/** As `findTagsNamed`, for something at a tenant. */
export const findTagsAt = (db: Reads, tenant_id: number, text: string, carried: Tag[] = []) =>
  findTagsNamed(text, openTagFinder(db, tenant_id), carried)
