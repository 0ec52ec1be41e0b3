import type { Reads } from '../../db/connection.ts'
import { everyTenant } from '../../db/scope-guard.ts'
import { NotFound } from '../../errors.ts'
import type { Actor } from '../actor.ts'
import { type Access, permits, scopeOf } from '../decide.ts'
import { explainAccess } from '../explain.ts'
import { requireTenant } from '../visible.ts'
import { listHeldGrants } from './held-grants.ts'
import { type AccessLine, inWords, toLines } from './lines.ts'

/** A node at which somebody holds something, with what they may do there and why. */
export type ReachedNode = {
  id: number
  name: string
  href: string | null
  /** How many of the nodes above it are listed too. */
  depth: number
  may: string[]
  lines: AccessLine[]
}

/**
 * A person, and the nodes at which something is given or denied to them, as a tree. Throws NotFound
 * for somebody whom the actor may not see. Nodes of which the actor may know nothing are left out.
 */
export async function readReach(db: Reads, actor: Actor, id: number, now: string) {
  const person = await getPerson(db, actor, id)
  const grants = (await listHeldGrants(db, [id])).get(id)!
  const { can_sign_in } = person
  const known = grants.filter(({ path }) => isKnown(actor.access, path))
  const nodes = [...new Map(known.map((grant) => [grant.path, grant.node])).entries()]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([path, node], _, all): ReachedNode => {
      const explained = explainAccess({ grants, can_sign_in }, path, now)
      return {
        ...node,
        href: permits(actor.access, 'access.view', path) ? `/tenants/${node.id}/access` : null,
        depth: all.filter(([above]) => above !== path && path.startsWith(above)).length,
        may: inWords(explained.permissions),
        lines: toLines(actor.access, explained, path, can_sign_in).filter(
          ({ from }) => from.is_here,
        ),
      }
    })
  return { person, nodes }
}

/** Whether a reader may know of a node: they see its access, or that of something below it. */
function isKnown(reader: Access, path: string) {
  if (permits(reader, 'access.view', path)) return true
  return scopeOf(reader, 'access.view').allow.some(({ from }) => from.startsWith(path))
}

async function getPerson(db: Reads, actor: Actor, id: number) {
  const person = await everyTenant(db)
    .selectFrom('person')
    .innerJoin('tenant', 'tenant.id', 'person.tenant_id')
    .leftJoin('user_account', 'user_account.person_id', 'person.id')
    .select(['person.id', 'person.name', 'person.email', 'person.active', 'person.role_id'])
    .select(['tenant.id as tenant_id', 'tenant.name as tenant_name', 'tenant.path'])
    .select('user_account.person_id as account')
    .where('person.id', '=', id)
    .executeTakeFirst()
  if (!person || !permits(actor.access, 'person.view', person.path))
    throw new NotFound(`person ${id}`)
  await requireTenant(db, actor, 'access.view', person.tenant_id)
  const { active, role_id, account, ...rest } = person
  return { ...rest, can_sign_in: active === 1 && role_id !== null && account !== null }
}

export type ReachingPerson = Awaited<ReturnType<typeof getPerson>>
