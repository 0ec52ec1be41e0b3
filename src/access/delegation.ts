import type { Reads } from '../db/connection.ts'
import { Forbidden, Invalid } from '../errors.ts'
import { lastingUntil, permitsThroughout } from './decide.ts'
import { permissionsOf } from './grants.ts'
import { type Permission, permissionWords } from './permissions.ts'
import type { Asker } from './visible.ts'

/** A node with everything below it, and how long; null is for good. */
type Extent = { path: string; until: string | null }

/**
 * Nobody gives more than they have: throws Forbidden unless the giver has each of the permissions
 * at the node and everywhere below it, at this moment and until then. Taking a denial away is
 * giving, too.
 */
export function requireDelegable(
  giver: Asker,
  permissions: Iterable<Permission>,
  { path, until }: Extent,
) {
  const lasting = lastingUntil(giver.access, until)
  const lacking = [...permissions].filter((one) => !permitsThroughout(lasting, one, path))
  if (lacking.length === 0) return
  const shown = lacking.slice(0, 3).map((one) => `“${permissionWords[one]}”`)
  const more = lacking.length > shown.length ? ` and ${lacking.length - shown.length} more` : ''
  throw new Forbidden(
    `You cannot give what you do not have yourself, there and for as long: ${shown.join(', ')}${more}.`,
  )
}

/** As `requireDelegable`, for what a role permits. Throws Invalid at `role` for one that is not. */
export async function requireDelegableRole(
  db: Reads,
  giver: Asker,
  role_id: number,
  extent: Extent,
) {
  const role = await db
    .selectFrom('role')
    .select(['key', 'permissions'])
    .where('id', '=', role_id)
    .executeTakeFirst()
  if (!role) throw new Invalid({ role: 'Choose a role from the list.' })
  requireDelegable(giver, permissionsOf(role), extent)
}
