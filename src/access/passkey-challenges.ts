import type { Db, Reads } from '../db/connection.ts'
import type { PasskeyChallengeTable } from '../db/account-schema.ts'
import { type SystemTx, system } from '../db/operation.ts'
import { Busy } from '../errors.ts'
import { hashSecret, newSecret } from './secrets.ts'
import { networkOf } from './throttle.ts'

type Purpose = PasskeyChallengeTable['purpose']

/** What a challenge is for, and the secret of the browser (its session, if it has one) it is for. */
export type Ceremony = { purpose: Purpose; holder: string }

const LIFETIME_MINUTES = 5
/** Anybody may ask for one, and each is a row for five minutes: so many for one network. */
const MAX_OPEN = 100

/** A new challenge, to be signed in this browser within five minutes. Throws Busy for a flood. */
export async function openChallenge(db: Db, { purpose, holder }: Ceremony, from: string) {
  const now = db.now()
  const address = networkOf(from)
  // Refusing a flood must not occupy the one connection that writes.
  if (await isFlood(db, address, now)) throw new Busy('Too many tries at once. Wait a minute.')
  const challenge = newSecret()
  const expires_at = Temporal.Instant.from(now)
    .add({ minutes: LIFETIME_MINUTES })
    .toString({ smallestUnit: 'millisecond' })
  await system(db, async (tx) => {
    await tx.deleteFrom('passkey_challenge').where('expires_at', '<=', now).execute()
    await tx
      .insertInto('passkey_challenge')
      .values({ challenge, purpose, holder_hash: hashSecret(holder), address, expires_at })
      .execute()
  })
  return challenge
}

async function isFlood(db: Reads, address: string, now: string) {
  const open = await db
    .selectFrom('passkey_challenge')
    .select('id')
    .where('address', '=', address)
    .where('expires_at', '>', now)
    .limit(MAX_OPEN)
    .execute()
  return open.length === MAX_OPEN
}

/** Whether the challenge was open for this: from now on it is not, whatever comes of it. */
export async function takeChallenge(
  tx: SystemTx,
  now: string,
  { purpose, holder }: Ceremony,
  challenge: string,
) {
  const { numDeletedRows } = await tx
    .deleteFrom('passkey_challenge')
    .where('challenge', '=', challenge)
    .where('purpose', '=', purpose)
    .where('holder_hash', '=', hashSecret(holder))
    .where('expires_at', '>', now)
    .executeTakeFirst()
  return numDeletedRows > 0n
}
