import type { Reads } from '../../db/connection.ts'
import { ofTenant } from '../../db/scope.ts'
import type { Tx } from '../../db/operation.ts'
import { everyTenant } from '../../db/scope-guard.ts'
import { Conflict, Forbidden, Invalid, NotFound } from '../../errors.ts'
import type { Actor } from '../actor.ts'
import { lastingUntil, permitsThroughout } from '../decide.ts'
import { requireDelegable, requireDelegableRole } from '../delegation.ts'
import { EVERYTHING } from '../grants.ts'
import { nodePath } from '../node-path.ts'
import { lacks, requireTenant } from '../visible.ts'
import { type Subject, subjectText } from './subjects.ts'

/** What is given or denied; without a role, everything is denied. */
export type Given = {
  tenant_id: number
  role_id: number | null
  effect: 'allow' | 'deny'
  /** Null: without an end. */
  expires_at: string | null
}

export type AssignmentInput = Given & { subject: Subject; reason: string }

/**
 * Gives somebody a role at a node and below, or denies it. Throws Forbidden for more than the actor
 * has, Invalid at `who` for somebody whom the actor does not see.
 */
export async function assignRole(
  tx: Tx,
  actor: Actor,
  { subject, reason, ...given }: AssignmentInput,
) {
  if (!(await subjectText(tx, actor, subject)))
    throw new Invalid({ who: 'There is no such person or group.' })
  return addAssignment(tx, actor, { subject, reason, ...given })
}

/** As `assignRole`, for somebody who asked for it and so is known to the actor. */
export async function addAssignment(
  tx: Tx,
  actor: Actor,
  { subject, reason, ...given }: AssignmentInput,
) {
  const tenant_id = await requireMayGive(tx, actor, given)
  if (given.expires_at !== null && given.expires_at <= tx.operation.at)
    throw new Invalid({ expires_at: 'This is in the past.' })
  const who = { person_id: null, group_id: null, ...subject }
  await refuseTwice(tx, who, given)
  const { id } = await tx
    .insertInto('role_assignment')
    .values({ ...given, ...who, tenant_id, reason, operation_id: tx.operation.id })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

/**
 * Throws unless the actor may make such an assignment: to give, they need to have it all themselves;
 * to deny, to be allowed to grant access throughout the node.
 */
export async function requireMayGive(tx: Reads, actor: Actor, given: Given) {
  const tenant_id = await requireTenant(tx, actor, 'access.grant', given.tenant_id)
  const path = await nodePath(tx, given.tenant_id)
  if (given.effect === 'allow') {
    if (given.role_id === null) throw new Invalid({ role: 'Choose a role from the list.' })
    await requireDelegableRole(tx, actor, given.role_id, { path, until: given.expires_at })
  } else {
    // A denial, too, is not to outlive the right by which it was made.
    const lasting = lastingUntil(actor.access, given.expires_at)
    if (!permitsThroughout(lasting, 'access.grant', path)) throw lacks('access.grant')
    if (given.role_id !== null) await requireRole(tx, given.role_id)
  }
  return tenant_id
}

/** Throws unless the actor may end such an assignment: to lift a denial is to give what it denies. */
export async function requireMayTake(tx: Reads, actor: Actor, given: Given) {
  await requireTenant(tx, actor, 'access.grant', given.tenant_id)
  if (given.effect === 'allow') return
  const extent = { path: await nodePath(tx, given.tenant_id), until: given.expires_at }
  if (given.role_id === null) requireDelegable(actor, EVERYTHING, extent)
  else await requireDelegableRole(tx, actor, given.role_id, extent)
}

/** Ends an assignment. Throws NotFound when there is none at this tenant that the actor may see. */
export async function withdrawAssignment(tx: Tx, actor: Actor, tenant_id: number, id: number) {
  const node = await requireTenant(tx, actor, 'access.grant', tenant_id)
  const given = await everyTenant(tx)
    .selectFrom('role_assignment')
    .selectAll()
    .where('id', '=', id)
    .where('tenant_id', '=', node)
    .executeTakeFirst()
  if (!given) throw new NotFound(`assignment ${id}`)
  const { person_id, group_id, expires_at } = given
  const subject = person_id === null ? { group_id: group_id! } : { person_id }
  if (!(await subjectText(tx, actor, subject)))
    throw new Forbidden('It was given to somebody of a tenant that you may not see.')
  const has_expired = expires_at !== null && expires_at <= tx.operation.at
  if (!has_expired) await requireMayTake(tx, actor, given)
  await tx
    .deleteFrom('role_assignment')
    .where('id', '=', id)
    .where(ofTenant('role_assignment.tenant_id', node))
    .execute()
}

async function requireRole(db: Reads, id: number) {
  const role = await db.selectFrom('role').select('id').where('id', '=', id).executeTakeFirst()
  if (!role) throw new Invalid({ role: 'Choose a role from the list.' })
}

/** The same once more would say nothing new, and outlive what is withdrawn. */
async function refuseTwice(
  tx: Tx,
  { person_id, group_id }: { person_id: number | null; group_id: number | null },
  { tenant_id, role_id, effect, expires_at }: Given,
) {
  const same = await everyTenant(tx)
    .selectFrom('role_assignment')
    .select('id')
    .where('person_id', 'is', person_id)
    .where('group_id', 'is', group_id)
    .where('tenant_id', '=', tenant_id as never)
    .where('role_id', 'is', role_id)
    .where('effect', '=', effect)
    .where('expires_at', 'is', expires_at)
    .executeTakeFirst()
  if (same) throw new Conflict('This has been assigned already.')
}
