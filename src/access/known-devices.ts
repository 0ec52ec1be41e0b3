import type { Reads } from '../db/connection.ts'
import type { SystemTx } from '../db/operation.ts'
import { hashSecret, newSecret } from './secrets.ts'

/** How long a browser is known after its last sign-in. */
export const KNOWN_DAYS = 180

const knownSince = (now: string) =>
  Temporal.Instant.from(now)
    .subtract({ hours: 24 * KNOWN_DAYS })
    .toString({ smallestUnit: 'millisecond' })

/** The browser with this secret, and the person who has signed in with it before. */
export const findKnownDevice = (db: Reads, secret: string, now: string) =>
  db
    .selectFrom('known_device')
    .select(['id', 'person_id'])
    .where('token_hash', '=', hashSecret(secret))
    .where('last_used_at', '>', knownSince(now))
    .executeTakeFirst()

/** Remembers a browser in which a person has signed in. Returns the secret that it is to keep. */
export async function rememberDevice(
  tx: SystemTx,
  now: string,
  person_id: number,
  old_secret: string | undefined,
) {
  await tx.deleteFrom('known_device').where('last_used_at', '<=', knownSince(now)).execute()
  if (old_secret) {
    const { numUpdatedRows } = await tx
      .updateTable('known_device')
      .set({ last_used_at: now })
      .where('token_hash', '=', hashSecret(old_secret))
      .where('person_id', '=', person_id)
      .executeTakeFirst()
    if (numUpdatedRows > 0n) return old_secret
  }
  const secret = newSecret()
  await tx
    .insertInto('known_device')
    .values({ token_hash: hashSecret(secret), person_id, last_used_at: now })
    .execute()
  return secret
}

/** No browser of this person is known any more. */
export const forgetDevices = (tx: SystemTx, person_id: number) =>
  tx.deleteFrom('known_device').where('person_id', '=', person_id).execute()
