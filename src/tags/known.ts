import type { z } from 'zod'
import { permits } from '../access/decide.ts'
import type { Asker } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import { NotFound } from '../errors.ts'
import type { TagResource } from './api-schemas.ts'
import { type PlacedTag, detailsOf, listTags } from './queries.ts'

type Resource = z.infer<typeof TagResource>

/** The tags that can be met where the asker sees tenants, as the API shows them. */
export async function listKnownTags(db: Reads, asker: Asker): Promise<Resource[]> {
  return describe(db, asker, await listTags(db, asker, 'tenant.view'))
}

/** One of them. Throws NotFound for any other. */
export async function describeKnownTag(db: Reads, asker: Asker, id: number): Promise<Resource> {
  const known = (await listTags(db, asker, 'tenant.view')).filter((tag) => tag.id === id)
  const [tag] = await describe(db, asker, known)
  if (!tag) throw new NotFound(`tag ${id}`)
  return tag
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
