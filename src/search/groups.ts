import type { Actor } from '../access/actor.ts'
import type { Reads } from '../db/connection.ts'
import { computerGroupHits } from './computer-groups.ts'
import { computerHits } from './computers.ts'
import { pageHits } from './pages.ts'
import { personHits } from './people.ts'
import { scheduleHits } from './schedules.ts'
import { tagHits } from './tags.ts'
import { tenantHits } from './tenants.ts'

/** One thing that was found: a link. */
export type Hit = { href: string; icon: string; name: string; detail: string }

/** A kind of thing that can be found. `find` returns at most `limit` hits, the best first. */
type Group = {
  label: string
  find: (db: Reads, actor: Actor, words: string, limit: number) => Promise<Hit[]>
}

/** What the search looks through, in order. A feature with pages of its own adds its group. */
const groups: Group[] = [
  { label: 'Tenants', find: tenantHits },
  { label: 'People', find: personHits },
  { label: 'Computers', find: computerHits },
  { label: 'Groups of computers', find: computerGroupHits },
  { label: 'Schedules', find: scheduleHits },
  { label: 'Tags', find: tagHits },
  { label: 'Pages', find: pageHits },
]

/** Hits by group, without the groups that have none. */
export async function search(db: Reads, actor: Actor, words: string, limit: number) {
  const found = await Promise.all(
    groups.map(async ({ label, find }) => ({ label, hits: await find(db, actor, words, limit) })),
  )
  return found.filter((group) => group.hits.length > 0)
}
