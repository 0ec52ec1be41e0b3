import type { Actor } from '../../access/actor.ts'
import type { Db } from '../../db/connection.ts'
import { everyMatch } from '../../jobs/selection.ts'
import { type Wanted, findComputers } from '../search.ts'

const BY_NAME = { by: 'name', descending: false } as const

/** The ids of all computers that match now. */
export const listMatchingIds = (db: Db, actor: Actor, wanted: Wanted | null) =>
  everyMatch((page) => findComputers(db, actor, wanted, { ...page, sort: BY_NAME }))
