import { countComputersContaining, idsOfComputersContaining } from '../db/computer-search.ts'
import type { ComputerTab } from '../db/computer-schema.ts'
import type { Reads } from '../db/connection.ts'
import { prepared } from '../db/prepared.ts'
import { everyTenant } from '../db/scope-guard.ts'
import { phraseOf } from '../db/search.ts'
import { sortKey } from '../tenants/names.ts'
import { isIndexed } from './conditions.ts'

// Which computers may be wanted, before it is asked who sees them: ids alone, which lead nowhere by
// themselves.

/** Those in which a text is found; undefined when they are more than `most`, or nobody knows. */
export async function idsContaining(db: Reads, text: string, most: number) {
  if (!isIndexed(text)) return undefined
  const ids = await idsOfComputersContaining(db, phraseOf(sortKey(text)), most + 1)
  return ids.length > most ? undefined : ids
}

/** Whether a text is found in no more than `most`. */
export async function containedIn(db: Reads, text: string, most: number) {
  const phrase = phraseOf(sortKey(text))
  return (await countComputersContaining(db, phrase, most + 1)) <= most
}

type Span = { tab: ComputerTab; seen_from: string; seen_before: string }

const seenWithin = prepared(
  (db, { tab, seen_from, seen_before, limit }: Span & { limit: number }) =>
    everyTenant(db)
      .selectFrom('computer')
      .select('id')
      .where('tab', '=', tab)
      .where('last_seen_at', '>=', seen_from)
      .where('last_seen_at', '<', seen_before)
      .limit(limit),
)

/** Those of a tab that were last seen in a span; undefined when they are more than `most`. */
export async function idsSeen(db: Reads, { tab, seen_from, seen_before }: Span, most: number) {
  const span = { tab, seen_from, seen_before: seen_before || END_OF_TIME }
  const found = await seenWithin(db, { ...span, limit: most + 1 })
  return found.length > most ? undefined : found.map(({ id }) => id)
}

/** After any instant. */
const END_OF_TIME = 'z'
