import type { Actor } from '../access/actor.ts'
import type { Reads } from '../db/connection.ts'
import { kindLooks } from '../tenants/kinds.ts'
import { suggestTenants } from '../tenants/suggest.ts'
import type { Hit } from './groups.ts'

/** The tenants that have the words in their name or slug, each with the path above it. */
export async function tenantHits(db: Reads, actor: Actor, words: string, limit: number) {
  if (words === '') return []
  const tenants = await suggestTenants(db, actor, words, limit)
  return tenants.map(({ id, kind, name, ancestors }): Hit => ({
    href: `/tenants/${id}`,
    icon: kindLooks[kind].icon,
    name,
    detail: ancestors.map((one) => one.name).join(' / '),
  }))
}
