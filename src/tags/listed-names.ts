import type { Reads } from '../db/connection.ts'
import type { Asker } from '../access/visible.ts'
import { Invalid } from '../errors.ts'
import { nameKey } from '../tenants/names.ts'
import { type PlacedTag, type Tag, listUsableTags } from './queries.ts'

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
export function findTagsNamed(text: string, usable: PlacedTag[], carried: Tag[]): PlacedTag[] {
  const held = new Set(carried.map(({ id }) => id))
  const nearest = usable.toSorted(
    (one, other) =>
      Number(held.has(other.id)) - Number(held.has(one.id)) || other.path.length - one.path.length,
  )
  const found = new Set<PlacedTag>()
  for (const name of readTagNames(text)) {
    const namesakes = nearest.filter((tag) => nameKey(tag.name) === nameKey(name))
    const tag = namesakes.find((one) => !found.has(one) && held.has(one.id)) ?? namesakes[0]
    if (!tag) throw new Invalid({ tags: `There is no tag “${name.slice(0, 50)}” to use here.` })
    found.add(tag)
  }
  return [...found]
}

/** As `findTagsNamed`, for something at a tenant. */
export const findTagsAt = async (
  db: Reads,
  asker: Asker,
  tenant_id: number,
  text: string,
  carried: Tag[] = [],
) => findTagsNamed(text, await listUsableTags(db, asker, 'computer.view', tenant_id), carried)
