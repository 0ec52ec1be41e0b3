import type { Actor } from '../access/actor.ts'
import type { Reads } from '../db/connection.ts'
import { prepared } from '../db/prepared.ts'
import { MAX_DEPTH } from './commands.ts'
import { kindLooks } from './kinds.ts'
import { sortKey } from './names.ts'
import { formatPath } from './path.ts'
import { getPath, type PathStep, ROOT_ID } from './queries.ts'

/** A tenant as a field for a parent suggests it. `value` is what the field is filled with. */
export type ParentOption = { id: number; icon: string; name: string; above: string; value: string }

const SHOWN = 20

/**
 * Up to 20 tenants to choose as a parent: those whose name, or else slug, begins with what was
 * typed; as long as nothing is typed, "All tenants" and what is right below it. Without `exclude`
 * and all that is below it, and without those at the last level.
 */
export async function listParentOptions(
  db: Reads,
  actor: Actor,
  typed: string,
  exclude: number | null,
): Promise<ParentOption[]> {
  const ids = typed.trim() === '' ? await listTopmost(db) : await findBeginning(db, sortKey(typed))
  const paths = await Promise.all(ids.map((id) => getPath(db, actor, id)))
  return paths
    .filter((path) => path.length <= MAX_DEPTH && !path.some((step) => step.id === exclude))
    .slice(0, SHOWN)
    .map(toOption)
}

function toOption(path: PathStep[]): ParentOption {
  const { id, kind, name } = path.at(-1)!
  const names = path.slice(1).map((step) => step.name)
  const value = names.length > 0 ? formatPath(names) : name
  return { id, icon: kindLooks[kind].icon, name, above: names.slice(0, -1).join(' / '), value }
}

/** More than are shown: some of them may not be possible as parents. */
const limit = SHOWN * 2

const topmost = prepared((db, { parent_id }: { parent_id: number }) =>
  db
    .selectFrom('tenant')
    .select('id')
    .where('parent_id', '=', parent_id)
    .orderBy('sort_key')
    .orderBy('id')
    .limit(limit),
)

const listTopmost = async (db: Reads) => [
  ROOT_ID,
  ...(await topmost(db, { parent_id: ROOT_ID })).map(({ id }) => id),
]

type Range = { from: string; to: string }

const namesBetween = prepared((db, { from, to }: Range) =>
  db
    .selectFrom('tenant')
    .select('id')
    .where('sort_key', '>=', from)
    .where('sort_key', '<', to)
    .orderBy('sort_key')
    .orderBy('id')
    .limit(limit),
)

const slugsBetween = prepared((db, { from, to }: Range) =>
  db
    .selectFrom('tenant')
    .select('id')
    .where('slug', '>=', from)
    .where('slug', '<', to)
    .orderBy('slug')
    .limit(limit),
)

async function findBeginning(db: Reads, from: string) {
  const range = { from, to: `${from}\u{10ffff}` }
  const [names, slugs] = await Promise.all([namesBetween(db, range), slugsBetween(db, range)])
  return [...new Set([...names, ...slugs].map(({ id }) => id))]
}
