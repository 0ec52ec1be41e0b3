import type { Reads } from '../db/connection.ts'
import { prepared } from '../db/prepared.ts'
import { everyTenant } from '../db/scope-guard.ts'

// Who may be wanted, before it is asked who is seen: ids alone, which lead nowhere by themselves.

type Range = { from: string; to: string; limit: number }

const namedBetween = prepared((db, { from, to, limit }: Range) =>
  everyTenant(db)
    .selectFrom('person')
    .select('id')
    .where('sort_key', '>=', from)
    .where('sort_key', '<', to)
    .limit(limit),
)

const addressedBetween = prepared((db, { from, to, limit }: Range) =>
  everyTenant(db)
    .selectFrom('person')
    .select('id')
    .where('email_key', '>=', from)
    .where('email_key', '<', to)
    .limit(limit),
)

/** Whose name or address begins with a text; undefined when those are more than `most`. */
export async function idsBeginning(db: Reads, text: string, most: number) {
  const range = { from: text, to: `${text}\u{10ffff}`, limit: most + 1 }
  const found = [...(await namedBetween(db, range)), ...(await addressedBetween(db, range))]
  const ids = [...new Set(found.map(({ id }) => id))]
  return ids.length > most ? undefined : ids
}

const carriersOf = prepared((db, { tag_id, limit }: { tag_id: number; limit: number }) =>
  everyTenant(db)
    .selectFrom('person_tag')
    .select('person_id')
    .where('tag_id', '=', tag_id)
    .limit(limit),
)

/** Who carries a tag; undefined when those are more than `most`. */
export async function idsTagged(db: Reads, tag_id: number, most: number) {
  const found = await carriersOf(db, { tag_id, limit: most + 1 })
  return found.length > most ? undefined : found.map(({ person_id }) => person_id)
}
