import type { Reads } from '../../db/connection.ts'
import { inScope } from '../../db/scope.ts'
import type { Actor } from '../actor.ts'
import { explainAccess } from '../explain.ts'
import { visibleScope } from '../visible.ts'
import { isSeen } from './access-tab.ts'
import { listHeldGrants } from './held-grants.ts'
import { type AccessLine, toLines } from './lines.ts'
import { type After, holdersAt } from './reachers.ts'

/** Somebody who holds something at All tenants, or at an MSP tenant, itself. */
export type ReportRow = {
  id: number
  name: string
  seen: { href: string; email: string; tenant_name: string } | null
  nodes: { name: string; lines: AccessLine[] }[]
}

/**
 * Everybody with direct access to All tenants or to an MSP tenant, by name: whoever is one of these
 * can reach every customer. Returns the names of these nodes, too.
 */
export async function readReport(
  db: Reads,
  actor: Actor,
  now: string,
  { after, limit }: { after: After | null; limit: number },
) {
  const nodes = await db
    .selectFrom('tenant')
    .select(['id', 'name', 'path'])
    .where('kind', 'in', ['root', 'msp'])
    .where(inScope(visibleScope(actor, 'access.view'), 'tenant.path'))
    .orderBy('path')
    .execute()
  const ids = nodes.map(({ id }) => id)
  const found = await holdersAt(db, ids, now, { roles: null, after })
    .limit(limit + 1)
    .execute()
  const people = found.slice(0, limit)
  const held = await listHeldGrants(
    db,
    people.map(({ id }) => id),
  )
  const rows = people.map(({ id, name, email, active, role_id, account, ...home }): ReportRow => {
    const can_sign_in = active === 1 && role_id !== null && account !== null
    const at = nodes.map(({ name, path }) => {
      const explained = explainAccess({ grants: held.get(id)!, can_sign_in }, path, now)
      const lines = toLines(actor.access, explained, path, can_sign_in)
      return { name, lines: lines.filter(({ from }) => from.is_here) }
    })
    const href = `/people/${id}/access`
    return {
      id,
      name,
      seen: isSeen(actor, home) ? { href, email, tenant_name: home.tenant_name } : null,
      nodes: at.filter(({ lines }) => lines.length > 0),
    }
  })
  const last = found.length > limit ? people.at(-1)! : null
  return { rows, nodes: nodes.map(({ name }) => name), last }
}
