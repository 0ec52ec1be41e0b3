import type { Actor } from '../access/actor.ts'
import { permitsSomewhere } from '../access/decide.ts'
import { listGroups } from '../computers/groups/queries.ts'
import type { Reads } from '../db/connection.ts'
import type { Hit } from './groups.ts'

/** The groups of computers that have the words in their name. */
export async function computerGroupHits(db: Reads, actor: Actor, words: string, limit: number) {
  if (words === '' || !permitsSomewhere(actor.access, 'computer.view')) return []
  const groups = await listGroups(db, actor, { q: words, limit })
  return groups.map(({ id, name, tenant_name }): Hit => ({
    href: `/computers/groups/${id}`,
    icon: 'layers',
    name,
    detail: tenant_name,
  }))
}
