import type { Actor } from '../../access/actor.ts'
import type { Db } from '../../db/connection.ts'
import { paced } from '../../pace.ts'
import { type Found, type Wanted, findComputers } from '../search.ts'

const PAGE = 1000

/** The ids of all computers that match now, a page at a time. */
export async function listMatchingIds(db: Db, actor: Actor, wanted: Wanted) {
  const pace = paced()
  const sort = { by: 'name', descending: false } as const
  const ids: number[] = []
  let after: string | null = null
  do {
    const page: Found = await findComputers(db, actor, wanted, { limit: PAGE, sort, after })
    for (const { id } of page.rows) ids.push(id)
    after = page.next
    await pace(ids.length, 0)
  } while (after !== null)
  return ids
}
