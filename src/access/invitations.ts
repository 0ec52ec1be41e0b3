import type { Reads } from '../db/connection.ts'
import type { Tx } from '../db/operation.ts'
import { everyTenant, everyTenantTx } from '../db/scope-guard.ts'
import { emailKey } from './form.ts'
import { hashSecret, newSecret } from './secrets.ts'
import { signOutEverywhere } from './sessions.ts'

export const INVITED_HOURS = 72

/**
 * Invites a person and returns the secret of the link, which is stored nowhere. An invitation that is
 * still open is good no more.
 */
export async function createInvitation(tx: Tx, person_id: number, invited_by: string) {
  const secret = newSecret()
  const created_at = tx.operation.at
  const expires_at = new Date(Date.parse(created_at) + INVITED_HOURS * 3_600_000).toISOString()
  await tx.deleteFrom('invitation').where('person_id', '=', person_id).execute()
  await tx
    .insertInto('invitation')
    .values({ person_id, token_hash: hashSecret(secret), invited_by, created_at, expires_at })
    .execute()
  return secret
}

/** Where the link of an invitation leads. */
export const invitationPath = (secret: string) => `/invitations/${secret}`

/** Who is invited by a link, by the hash of its secret, that is good still; undefined for any other. */
export async function findInvitation(db: Reads, token_hash: string, now: string) {
  return everyTenant(db)
    .selectFrom('invitation')
    .innerJoin('person', 'person.id', 'invitation.person_id')
    .innerJoin('tenant', 'tenant.id', 'person.tenant_id')
    .leftJoin('user_account', 'user_account.person_id', 'person.id')
    .select(['person.id as person_id', 'person.name', 'person.email', 'person.version'])
    .select(['person.tenant_id', 'tenant.name as tenant_name', 'tenant.path as tenant_path'])
    .select(['invitation.invited_by', 'invitation.expires_at'])
    .select('user_account.has_second_factor')
    .where('invitation.token_hash', '=', token_hash)
    .where('invitation.expires_at', '>', now)
    .where('person.active', '=', 1)
    .where('person.role_id', 'is not', null)
    .executeTakeFirst()
}

export type Invited = NonNullable<Awaited<ReturnType<typeof findInvitation>>>

/**
 * Uses an invitation up: the person can sign in from now on. Without a password, by what else they
 * have. Whoever got in as them before is out. False when somebody was faster.
 */
export async function redeemInvitation(tx: Tx, token_hash: string, password_hash: string | null) {
  const invited = await findInvitation(tx, token_hash, tx.operation.at)
  if (!invited) return false
  const { person_id, email } = invited
  await tx.deleteFrom('invitation').where('person_id', '=', person_id).execute()
  const account = {
    email_key: emailKey(email),
    password_hash,
    password_changed_at: tx.operation.at,
  }
  await tx
    .insertInto('user_account')
    .values({ person_id, ...account })
    .onConflict((oc) => oc.column('person_id').doUpdateSet(account))
    .execute()
  await signOutEverywhere(tx, person_id)
  await everyTenantTx(tx)
    .updateTable('person')
    .set({ invited_at: null, version: invited.version + 1 })
    .where('id', '=', person_id)
    .execute()
  return true
}
