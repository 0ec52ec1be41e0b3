import { createHmac } from 'node:crypto'
import type { Db } from '../../db/connection.ts'
import { system } from '../../db/operation.ts'
import type { OidcAttemptTable } from '../../db/schema.ts'
import { Busy } from '../../errors.ts'
import { hashSecret, newSecret } from '../secrets.ts'
import type { Challenge } from './client.ts'

/** How long somebody may be away at the provider. */
export const ATTEMPT_MINUTES = 10

/** So many may be away at once from one network: beginning costs nothing, but fills the table. */
const MAX_OF_NETWORK = 100

export type Purpose = OidcAttemptTable['purpose']

/** What somebody is sent to a provider for. */
export type Attempt = {
  provider_id: number
  purpose: Purpose
  /** The page to go on to: a path of our own. */
  next: string
  redirect_uri: string
  /** The hash of the session that it is for; null for those who sign in. */
  session_hash: string | null
  /** What it is about: an invitation. */
  reference: string | null
}

/**
 * Remembers an attempt. `secret` is for the browser, and is what the nonce and the verifier are
 * made from: the database alone cannot finish what a browser began.
 */
export async function openAttempt(db: Db, attempt: Attempt, address: string) {
  const secret = newSecret()
  const challenge = challengeOf(secret, newSecret(), attempt.redirect_uri)
  const now = db.now()
  await system(db, async (tx) => {
    await tx.deleteFrom('oidc_attempt').where('expires_at', '<=', now).execute()
    const { away } = await tx
      .selectFrom('oidc_attempt')
      .select((eb) => eb.fn.countAll<number>().as('away'))
      .where('address', '=', address)
      .executeTakeFirstOrThrow()
    if (away >= MAX_OF_NETWORK)
      throw new Busy('Too many sign-ins were begun from your network. Wait some minutes.')
    await tx
      .insertInto('oidc_attempt')
      .values({
        ...attempt,
        state_hash: hashSecret(challenge.state),
        browser_hash: hashSecret(secret),
        address,
        expires_at: Temporal.Instant.from(now)
          .add({ minutes: ATTEMPT_MINUTES })
          .toString({ smallestUnit: 'millisecond' }),
      })
      .execute()
  })
  return { secret, challenge }
}

/**
 * The attempt that this browser began with this state, which is thereby over: it serves once,
 * whatever comes of it. An attempt of another browser is left alone.
 */
export async function takeAttempt(db: Db, secret: string, state: string) {
  const attempt = await system(db, (tx) =>
    tx
      .deleteFrom('oidc_attempt')
      .where('state_hash', '=', hashSecret(state))
      .where('browser_hash', '=', hashSecret(secret))
      .where('expires_at', '>', db.now())
      .returning(['provider_id', 'purpose', 'next', 'redirect_uri', 'session_hash', 'reference'])
      .executeTakeFirst(),
  )
  return attempt && { attempt, challenge: challengeOf(secret, state, attempt.redirect_uri) }
}

const challengeOf = (secret: string, state: string, redirect_uri: string): Challenge => ({
  state,
  nonce: derive(secret, `nonce ${state}`),
  verifier: derive(secret, `verifier ${state}`),
  redirect_uri,
})

const derive = (secret: string, what: string) =>
  createHmac('sha256', secret).update(what).digest('base64url')
