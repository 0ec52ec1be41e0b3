import type { Actor } from '../access/actor.ts'
import { type Given, requireMayGive } from '../access/assignments/commands.ts'
import type { Reads } from '../db/connection.ts'
import type { Tx } from '../db/operation.ts'
import { everyTenant, everyTenantTx } from '../db/scope-guard.ts'
import { Forbidden, NotFound } from '../errors.ts'

/** A role that somebody was given or denied. */
export type Assignment = Awaited<ReturnType<ReturnType<typeof assignments>['execute']>>[number]

/** All assignments; the caller says which. */
export const assignments = (db: Reads) =>
  everyTenant(db)
    .selectFrom('role_assignment')
    .select(['id', 'tenant_id', 'person_id', 'group_id', 'role_id', 'effect', 'expires_at'])
    .orderBy('id')

/** Why the actor may not give others what these say; nothing for what has expired. */
export async function refuseToGive(db: Reads, actor: Actor, given: Given[], at: string) {
  const refusals = new Set<string>()
  for (const one of given) {
    if (one.expires_at !== null && one.expires_at <= at) continue
    try {
      await requireMayGive(db, actor, one)
    } catch (error) {
      if (error instanceof NotFound) refusals.add(UNSEEN)
      else if (error instanceof Forbidden) refusals.add(error.message)
      else throw error
    }
  }
  return [...refusals]
}

const UNSEEN =
  'Somebody would get access to a tenant that you may not see. Somebody who sees all of it can merge it.'

/** Rewrites assignments; one that would say what another says already goes. */
export async function rewrite(
  tx: Tx,
  changed: Assignment[],
  columns: Partial<Pick<Assignment, 'tenant_id' | 'person_id' | 'group_id'>>,
) {
  const all = everyTenantTx(tx)
  for (const { id, ...now } of changed) {
    const wanted = { ...now, ...columns }
    const same = await assignments(tx)
      .where('tenant_id', '=', wanted.tenant_id)
      .where('person_id', 'is', wanted.person_id)
      .where('group_id', 'is', wanted.group_id)
      .where('role_id', 'is', wanted.role_id)
      .where('effect', '=', wanted.effect)
      .where('expires_at', 'is', wanted.expires_at)
      .where('id', '<>', id)
      .executeTakeFirst()
    if (same) await all.deleteFrom('role_assignment').where('id', '=', id).execute()
    else
      await all
        .updateTable('role_assignment')
        .set(columns as object)
        .where('id', '=', id)
        .execute()
  }
}
