import type { Actor } from '../../access/actor.ts'
import type { Reads } from '../../db/connection.ts'
import { NotFound } from '../../errors.ts'
import { getGroup, listGroups } from './queries.ts'

/** A group as a filter offers it. */
export type GroupChoice = { id: number; name: string }

/** A menu of more is no help; those further down are filtered by on their own pages. */
const OFFERED = 200

/** The groups by which the asker may filter, with the one that is chosen. */
export async function groupChoices(db: Reads, actor: Actor, chosen: number | null) {
  const offered: GroupChoice[] = await listGroups(db, actor, { limit: OFFERED })
  if (chosen === null || offered.some(({ id }) => id === chosen)) return offered
  try {
    return [await getGroup(db, actor, chosen), ...offered]
  } catch (error) {
    if (!(error instanceof NotFound)) throw error
    return offered
  }
}
