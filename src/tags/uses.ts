import type { Asker } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import { countOf } from '../web/counts.ts'

/** What of a feature is for a tag: how many there are, and those of them that the asker may see. */
export type TagUse = {
  /** "schedule", "schedules". */
  nouns: readonly [one: string, many: string]
  find: (
    db: Reads,
    asker: Asker,
    tag_id: number,
  ) => Promise<{ count: number; seen: { name: string; href: string }[] }>
}

/** Every feature that has tags for its targets. One that has adds itself. */
export const tagUses: TagUse[] = []

/** What is for a tag now, feature by feature, without those of which nothing is. */
export async function usesOfTag(db: Reads, asker: Asker, tag_id: number) {
  const found = await Promise.all(
    tagUses.map(async ({ nouns, find }) => {
      const { count, seen } = await find(db, asker, tag_id)
      return { count, seen, words: countOf(count, ...nouns) }
    }),
  )
  return found.filter(({ count }) => count > 0)
}

export type UseOfTag = Awaited<ReturnType<typeof usesOfTag>>[number]
