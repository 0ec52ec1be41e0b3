import type { Tx } from '../db/operation.ts'
import { everyTenantTx } from '../db/scope-guard.ts'
import { signOutEverywhere } from './sessions.ts'

/**
 * Ends all that lets somebody in as they are now: sessions, known browsers, API tokens, an open
 * invitation. It counts from the next request on. What they sign in with stays, for when they may
 * again.
 */
export async function endAccess(tx: Tx, person_id: number) {
  await signOutEverywhere(tx, person_id)
  await everyTenantTx(tx).deleteFrom('api_token').where('person_id', '=', person_id).execute()
  await everyTenantTx(tx).deleteFrom('calendar_feed').where('person_id', '=', person_id).execute()
  await tx.deleteFrom('invitation').where('person_id', '=', person_id).execute()
}

/** Removes what a person has as a user, so that the person can be deleted. */
export async function deleteAccount(tx: Tx, person_id: number) {
  await endAccess(tx, person_id)
  const all = everyTenantTx(tx)
  await all.deleteFrom('role_assignment').where('person_id', '=', person_id).execute()
  await all.deleteFrom('user_group_member').where('person_id', '=', person_id).execute()
  await tx.deleteFrom('idempotency_key').where('person_id', '=', person_id).execute()
  await tx.updateTable('job').set({ person_id: null }).where('person_id', '=', person_id).execute()
  await tx.deleteFrom('user_account').where('person_id', '=', person_id).execute()
}
