import type { Asker } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import { MAX_DEPTH } from './places.ts'
import { kindLooks, type TenantKind, usualKindBelow } from './kinds.ts'
import { formatPath } from './path.ts'
import { ROOT_ID } from './queries.ts'
import { mayPutUnder } from './rights.ts'
import { type SuggestedTenant, suggestTenants, suggestTopmost } from './suggest.ts'

/** A tenant as a field for a parent suggests it. */
export type ParentOption = {
  id: number
  icon: string
  name: string
  above: string
  /** What the field is filled with. */
  value: string
  /** What a new tenant below it usually is. */
  usual_kind: TenantKind
}

const SHOWN = 20

/**
 * Up to 20 tenants to choose as a parent, of those where the asker may put any. Without `exclude` and all that is below it, and without
 * those at the last level.
 */
export async function listParentOptions(
  db: Reads,
  actor: Asker,
  typed: string,
  exclude: number | null,
): Promise<ParentOption[]> {
  // More than are shown: some of them may not be possible as parents.
  const tenants =
    typed.trim() === ''
      ? await suggestTopmost(db, actor, SHOWN * 2)
      : await suggestTenants(db, actor, typed, SHOWN * 2)
  return tenants
    .filter(({ id, ancestors }) => ![id, ...ancestors.map((one) => one.id)].includes(exclude ?? 0))
    .filter(({ ancestors }) => ancestors.length + 1 < MAX_DEPTH)
    .filter(({ path }) => mayPutUnder(actor, path))
    .slice(0, SHOWN)
    .map(toOption)
}

function toOption({ id, kind, name, ancestors }: SuggestedTenant): ParentOption {
  const above = ancestors.map((one) => one.name)
  return {
    id,
    icon: kindLooks[kind].icon,
    name,
    above: above.join(' / '),
    value: id === ROOT_ID ? name : formatPath([...above, name]),
    usual_kind: usualKindBelow(kind),
  }
}
