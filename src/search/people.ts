import type { Actor } from '../access/actor.ts'
import { permitsSomewhere } from '../access/decide.ts'
import { nameTenants } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import { suggestPeople } from '../people/suggest.ts'
import type { Hit } from './groups.ts'

/** The people who have the words in their name or address. */
export async function personHits(db: Reads, actor: Actor, words: string, limit: number) {
  if (words === '' || !permitsSomewhere(actor.access, 'person.view')) return []
  const people = await suggestPeople(db, actor, words, limit)
  const names = await nameTenants(
    db,
    actor,
    people.map(({ tenant_id }) => tenant_id),
  )
  return people.map(({ id, name, email, tenant_id }): Hit => {
    const tenant = names.get(tenant_id)?.name
    return {
      href: `/people/${id}`,
      icon: 'user',
      name,
      detail: tenant ? `${email} · ${tenant}` : email,
    }
  })
}
