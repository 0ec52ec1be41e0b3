import type { Db } from '../db/connection.ts'
import { everyTenant } from '../db/scope-guard.ts'
import type { SystemTx } from '../db/operation.ts'
import { hashSecret, newSecret } from './secrets.ts'

/** How long the second step may take. */
export const PENDING_MINUTES = 10

/**
 * Remembers that somebody has shown the first of two factors. Returns the secret that their browser
 * is to come back with; it opens nothing by itself.
 */
export async function openPending(tx: SystemTx, now: string, person_id: number) {
  await tx.deleteFrom('pending_sign_in').where('expires_at', '<=', now).execute()
  const secret = newSecret()
  const expires_at = Temporal.Instant.from(now)
    .add({ minutes: PENDING_MINUTES })
    .toString({ smallestUnit: 'millisecond' })
  await tx
    .insertInto('pending_sign_in')
    .values({ token_hash: hashSecret(secret), person_id, expires_at })
    .execute()
  return secret
}

/** Who has shown the first factor in this browser, a short while ago. */
export const findPending = (db: Db, secret: string) =>
  everyTenant(db)
    .selectFrom('pending_sign_in')
    .innerJoin('person', 'person.id', 'pending_sign_in.person_id')
    .innerJoin('user_account', 'user_account.person_id', 'person.id')
    .select(['person.id as person_id', 'person.email'])
    .where('pending_sign_in.token_hash', '=', hashSecret(secret))
    .where('pending_sign_in.expires_at', '>', db.now())
    .executeTakeFirst()

/** The second step is done, and cannot be done again. Returns whether it was still to do. */
export async function closePending(tx: SystemTx, secret: string) {
  const { numDeletedRows } = await tx
    .deleteFrom('pending_sign_in')
    .where('token_hash', '=', hashSecret(secret))
    .executeTakeFirst()
  return numDeletedRows > 0n
}
