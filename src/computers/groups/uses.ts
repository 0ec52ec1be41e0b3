import type { Asker } from '../../access/visible.ts'
import type { Reads } from '../../db/connection.ts'
import { Conflict } from '../../errors.ts'
import { countOf } from '../../web/counts.ts'

/** Something that has a group for its target. */
export type User = { name: string; href: string }

/** What of a feature uses a group. */
export type GroupUse = {
  /** "schedule", "schedules". */
  nouns: readonly [one: string, many: string]
  /** Those that the asker may see: how many, and the first of them. */
  find: (db: Reads, asker: Asker, group_id: number) => Promise<{ count: number; seen: User[] }>
  /** Whether there is any, whoever asks. */
  isUsed: (db: Reads, group_id: number) => Promise<boolean>
}

/** Every feature that uses groups. One with groups for its targets adds itself. */
export const groupUses: GroupUse[] = []

/** What uses a group now, feature by feature, without those that do not. */
export async function usesOf(db: Reads, asker: Asker, group_id: number) {
  const found = await Promise.all(
    groupUses.map(async ({ nouns, find, isUsed }) => {
      const { count, seen } = await find(db, asker, group_id)
      if (count > 0) return { seen, words: countOf(count, ...nouns) }
      if (!(await isUsed(db, group_id))) return null
      return { seen, words: `${nouns[1]} that you do not see` }
    }),
  )
  return found.filter((use) => use !== null)
}

export type Use = Awaited<ReturnType<typeof usesOf>>[number]

/** Throws Conflict while anything uses the group. */
export async function requireUnused(
  db: Reads,
  asker: Asker,
  { id, name }: { id: number; name: string },
) {
  const uses = await usesOf(db, asker, id)
  if (uses.length > 0)
    throw new Conflict(`${name} is in use by ${uses.map(({ words }) => words).join(', ')}.`)
}
