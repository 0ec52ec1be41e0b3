import type { Actor } from '../access/actor.ts'
import type { Reads } from '../db/connection.ts'
import { prepared } from '../db/prepared.ts'
import { MAX_DEPTH } from './commands.ts'
import { kindLooks } from './kinds.ts'
import { sortKey } from './names.ts'
import { formatPath } from './path.ts'
import { getPath } from './queries.ts'

/** A tenant as a field for a parent suggests it. `value` is what the field is filled with. */
export type ParentOption = {
  id: number
  icon: string
  name: string
  above: string
  value: string
}

const SHOWN = 20

/**
 * Up to 20 tenants whose name or slug begins with what was typed, as parents to choose from:
 * without `exclude` and all that is below it, and without those at the last level.
 */
export async function listParentOptions(
  db: Reads,
  actor: Actor,
  typed: string,
  exclude: number | null,
): Promise<ParentOption[]> {
  const from = sortKey(typed)
  // More than are shown: a few of them may not be possible.
  const found = await tenantsFrom(db, { from, to: `${from}\u{10ffff}`, limit: SHOWN * 2 })
  const paths = await Promise.all(found.map(({ id }) => getPath(db, actor, id)))
  return paths
    .filter((path) => path.length <= MAX_DEPTH && !path.some((step) => step.id === exclude))
    .slice(0, SHOWN)
    .map((path) => {
      const names = path.slice(1).map((step) => step.name)
      const { id, kind, name } = path.at(-1)!
      const value = names.length > 0 ? formatPath(names) : name
      const above = names.slice(0, -1).join(' / ')
      return { id, icon: kindLooks[kind].icon, name, above, value }
    })
}

type Range = { from: string; to: string; limit: number }

const tenantsFrom = prepared((db, { from, to, limit }: Range) =>
  db
    .selectFrom('tenant')
    .select('id')
    .where((eb) =>
      eb.or([
        eb.and([eb('sort_key', '>=', from), eb('sort_key', '<', to)]),
        eb.and([eb('slug', '>=', from), eb('slug', '<', to)]),
      ]),
    )
    .orderBy('sort_key')
    .orderBy('id')
    .limit(limit),
)
