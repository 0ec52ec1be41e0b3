import type { Reads } from '../../db/connection.ts'
import { inScope } from '../../db/scope.ts'
import { everyTenant } from '../../db/scope-guard.ts'
import { NotFound } from '../../errors.ts'
import type { Actor } from '../actor.ts'
import { permits } from '../decide.ts'
import { visibleScope } from '../visible.ts'

/** Which assignments are listed: those at a tenant, of a person, or of a group. */
export type AssignmentFilter = {
  tenant_id?: number | undefined
  person_id?: number | undefined
  group_id?: number | undefined
}

/** An assignment as it may be shown to the asker. */
export type ListedAssignment = {
  id: number
  tenant_id: number
  tenant_name: string
  /** The id is null for somebody whom the asker may not see: their name is all that is told. */
  who: { kind: 'person' | 'group'; id: number | null; name: string }
  role_id: number | null
  role: string | null
  effect: 'allow' | 'deny'
  reason: string
  expires_at: string | null
  by: string
  at: string
}

/**
 * Assignments at the tenants whose access the asker may see, the newest first. Whoever may see that
 * is told the name of each who has been given something there, wherever they belong.
 */
export async function listAssignments(
  db: Reads,
  actor: Actor,
  filter: AssignmentFilter,
  { limit, before = null }: { limit: number; before?: number | null },
): Promise<ListedAssignment[]> {
  let query = assignmentsSeenBy(db, actor).orderBy('given.id', 'desc').limit(limit)
  if (before !== null) query = query.where('given.id', '<', before)
  const { tenant_id, person_id, group_id } = filter
  if (tenant_id !== undefined) query = query.where('given.tenant_id', '=', tenant_id as never)
  // An id of somebody whom the asker may not see finds nothing.
  if (person_id !== undefined)
    query = query
      .where('given.person_id', '=', person_id)
      .where(inScope(visibleScope(actor, 'person.view'), 'person.tenant_id'))
  if (group_id !== undefined)
    query = query
      .where('given.group_id', '=', group_id)
      .where(inScope(visibleScope(actor, 'access.view'), 'user_group.tenant_id'))
  return (await query.execute()).map((row) => toListed(actor, row))
}

/** One of them. Throws NotFound when there is none that the asker may see. */
export async function getAssignment(db: Reads, actor: Actor, id: number) {
  const row = await assignmentsSeenBy(db, actor).where('given.id', '=', id).executeTakeFirst()
  if (!row) throw new NotFound(`assignment ${id}`)
  return toListed(actor, row)
}

const assignmentsSeenBy = (db: Reads, actor: Actor) =>
  everyTenant(db)
    .selectFrom('role_assignment as given')
    .innerJoin('tenant as node', 'node.id', 'given.tenant_id')
    .innerJoin('operation', 'operation.id', 'given.operation_id')
    .leftJoin('role', 'role.id', 'given.role_id')
    .leftJoin('person', 'person.id', 'given.person_id')
    .leftJoin('user_group', 'user_group.id', 'given.group_id')
    .leftJoin('tenant as home', (join) =>
      join.on(({ or, eb, ref }) =>
        or([
          eb('home.id', '=', ref('person.tenant_id')),
          eb('home.id', '=', ref('user_group.tenant_id')),
        ]),
      ),
    )
    .select(['given.id', 'given.person_id', 'given.group_id', 'given.role_id', 'given.effect'])
    .select(['given.reason', 'given.expires_at', 'operation.actor_name as by', 'operation.at'])
    .select(['node.id as tenant_id', 'node.name as tenant_name', 'role.name as role'])
    .select(['person.name as person_name', 'user_group.name as group_name'])
    .select('home.path as home_path')
    .where(inScope(visibleScope(actor, 'access.view'), 'node.path'))

type Row = Awaited<ReturnType<ReturnType<typeof assignmentsSeenBy>['executeTakeFirstOrThrow']>>

function toListed(actor: Actor, row: Row): ListedAssignment {
  const { person_id, group_id, person_name, group_name, home_path, ...given } = row
  const kind = person_id === null ? 'group' : 'person'
  const is_seen = permits(
    actor.access,
    kind === 'person' ? 'person.view' : 'access.view',
    home_path!,
  )
  const name = (kind === 'person' ? person_name : group_name)!
  return { ...given, who: { kind, id: is_seen ? (person_id ?? group_id) : null, name } }
}
