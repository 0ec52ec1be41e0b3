import type { Actor } from '../access/actor.ts'
import type { Reads } from '../db/connection.ts'
import { listParentOptions } from '../tenants/parent-options.ts'
import type { Hit } from './groups.ts'

/** The tenants whose name or slug begins with the words, each with the path above it. */
export async function tenantHits(db: Reads, actor: Actor, words: string, limit: number) {
  if (words === '') return []
  const found = await listParentOptions(db, actor, words, null)
  return found.slice(0, limit).map(({ id, icon, name, above }): Hit => ({
    href: `/tenants/${id}`,
    icon,
    name,
    detail: above,
  }))
}
