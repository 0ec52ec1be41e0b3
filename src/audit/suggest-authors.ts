import type { Actor } from '../access/actor.ts'
import type { Reads } from '../db/connection.ts'
import { authorsContaining } from './authors.ts'
import { NO_FILTER, listOperations } from './operations.ts'
import { seesAll, sightOf } from './sight.ts'

/** Of somebody who sees a part only: names that are looked at for whether they did anything there. */
const TRIED = 60

/** The names of those who did something that the actor may see, that contain what is typed. */
export async function suggestAuthors(db: Reads, actor: Actor, typed: string, limit: number) {
  const names = await authorsContaining(db, typed)
  if (seesAll(sightOf(actor))) return names.slice(0, limit)
  const seen: string[] = []
  for (const by of names.slice(0, TRIED)) {
    if (seen.length === limit) break
    const found = await listOperations(db, actor, { ...NO_FILTER, by }, { before: null, limit: 1 })
    if (found.operations.length > 0) seen.push(by)
  }
  return seen
}
