import type { z } from 'zod'
import { permits } from '../access/decide.ts'
import type { Asker } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import { NotFound } from '../errors.ts'
import type { Paging } from '../web/api-schemas.ts'
import { decodeCursor, encodeCursor } from '../web/cursor.ts'
import type { TagResource } from './api-schemas.ts'
import { type PlacedTag, findTag, tagsMet } from './met.ts'
import { detailsOf } from './queries.ts'

type Resource = z.infer<typeof TagResource>

/** A page of the tags that can be met where the asker sees tenants, as the API shows them. */
export async function pageOfKnownTags(
  db: Reads,
  asker: Asker,
  { limit, cursor }: z.infer<typeof Paging>,
) {
  const [name_key = '', id = 0] = cursor === undefined ? [] : decodeCursor(cursor, 2)
  const after = { name_key: String(name_key), id: Number(id) }
  const found = await tagsMet(db, asker, 'tenant.view', { after, limit: limit + 1 })
  const last = found.length > limit ? found[limit - 1]! : null
  return {
    tags: await describe(db, asker, found.slice(0, limit)),
    next_cursor: last && encodeCursor([last.name_key, last.id]),
  }
}

/** One of them. Throws NotFound for any other. */
export async function describeKnownTag(db: Reads, asker: Asker, id: number): Promise<Resource> {
  const known = await findTag(db, asker, 'tenant.view', id)
  if (!known) throw new NotFound(`tag ${id}`)
  const [tag] = await describe(db, asker, [known])
  return tag!
}

/** Of a tag that was made above what the asker sees, nothing is said but name and colour. */
async function describe(db: Reads, { access }: Asker, tags: PlacedTag[]): Promise<Resource[]> {
  const details = await detailsOf(db, tags)
  return tags.map(({ id, name, color, tenant_id, path }) => {
    const { description = '', version = 1 } = details.get(id) ?? {}
    return permits(access, 'tenant.view', path)
      ? { id, name, color, tenant_id, description, version }
      : { id, name, color, tenant_id: null, description: null, version: null }
  })
}
