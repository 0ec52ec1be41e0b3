import type { Actor } from '../access/actor.ts'
import type { Db } from '../db/connection.ts'
import { Invalid } from '../errors.ts'
import { paced } from '../pace.ts'
import { draftJob } from './commands.ts'

const AT_ONCE = 1000

type Page = { rows: { id: number }[]; next: string | null }

/** The ids of everything that a search finds now, a page at a time, so that nobody waits. */
export async function everyMatch(
  find: (page: { limit: number; after: string | null }) => Promise<Page>,
) {
  const pace = paced()
  const ids: number[] = []
  let after: string | null = null
  do {
    const { rows, next }: Page = await find({ limit: AT_ONCE, after })
    for (const { id } of rows) ids.push(id)
    after = next
    await pace(ids.length, 0)
  } while (after !== null)
  return ids
}

type Draft<Input> = {
  /** The kind of job. */
  kind: string
  /** What a row is called: "person". */
  noun: string
  title(count: number): string
  input(ids: number[]): Input
}

/**
 * Drafts the batch for a selection, which is taken without its repetitions. Returns the address of
 * the page that shows what would be done. Throws Invalid at `ids` when nothing is selected.
 */
export async function draftBatch<Input extends object>(
  db: Db,
  actor: Actor,
  selected: number[],
  { kind, noun, title, input }: Draft<Input>,
) {
  const ids = [...new Set(selected)]
  if (ids.length === 0) throw new Invalid({ ids: `Select at least one ${noun}.` })
  const facts = { kind, title: title(ids.length), input: input(ids), size: ids.length }
  return `/jobs/${await draftJob(db, actor, facts)}`
}
