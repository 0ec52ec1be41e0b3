import type { Actor } from '../access/actor.ts'
import { permitsSomewhere } from '../access/decide.ts'
import type { Reads } from '../db/connection.ts'
import { tagsMet } from '../tags/queries.ts'
import { nameKey } from '../tenants/names.ts'
import type { Hit } from './groups.ts'

/** The tags that have the words in their name: each leads to the computers that carry it. */
export async function tagHits(db: Reads, actor: Actor, words: string, limit: number) {
  const text = nameKey(words)
  if (text === '' || !permitsSomewhere(actor.access, 'computer.view')) return []
  const tags = await tagsMet(db, actor, 'computer.view', { text, limit })
  return tags.map(({ id, name }): Hit => ({
    href: `/computers?tag=${id}`,
    icon: 'tag',
    name,
    detail: 'Computers with this tag',
  }))
}
