import type { Db } from '../db/connection.ts'
import { type SystemTx, system } from '../db/operation.ts'
import { prepared } from '../db/prepared.ts'
import { everyTenant } from '../db/scope-guard.ts'
import type { Actor } from './actor.ts'
import { USER_COLUMNS, loadActor } from './grants.ts'
import { describeDevice } from './user-agent.ts'
import { forgetDevices } from './known-devices.ts'
import { hashSecret, newSecret } from './secrets.ts'

const IDLE_SECONDS = 60 * 60
const ABSOLUTE_SECONDS = 24 * 60 * 60
/** How stale "last seen" may be: writing it at each request would make reading cost a write. */
const TOUCH_AFTER_SECONDS = 60

/** Each request needs two of these: Date takes a third of the time that Temporal does. */
const later = (instant: string, seconds: number) =>
  new Date(Date.parse(instant) + seconds * 1000).toISOString()

/** Opens a session and returns its secret, which is stored nowhere. */
export async function openSession(
  tx: SystemTx,
  now: string,
  person_id: number,
  user_agent: string,
  two_factors = false,
) {
  const secret = newSecret()
  await tx
    .insertInto('session')
    .values({
      token_hash: hashSecret(secret),
      person_id,
      created_at: now,
      last_seen_at: now,
      expires_at: later(now, ABSOLUTE_SECONDS),
      user_agent: user_agent.slice(0, 200),
      verified_at: now,
      two_factors: Number(two_factors),
    })
    .execute()
  await tx.deleteFrom('session').where('expires_at', '<=', now).execute()
  return secret
}

const sessionByHash = prepared((db, { token_hash }: { token_hash: string }) =>
  everyTenant(db)
    .selectFrom('session')
    .innerJoin('person', 'person.id', 'session.person_id')
    .innerJoin('tenant', 'tenant.id', 'person.tenant_id')
    .innerJoin('role', 'role.id', 'person.role_id')
    .innerJoin('user_account', 'user_account.person_id', 'session.person_id')
    .select(['session.expires_at', 'session.last_seen_at'])
    .select(['session.verified_at', 'session.two_factors'])
    .select(['user_account.has_second_factor', 'user_account.second_factor_due_at'])
    .select(USER_COLUMNS)
    .where('session.token_hash', '=', token_hash)
    .where('person.active', '=', 1),
)

/** What is known of a session beside whose it is. */
export type SessionState = {
  /** It is time to remember that it was used. */
  is_stale: boolean
  /** When the person last showed who they are. */
  verified_at: string
  /** Whether it was opened by two factors. */
  two_factors: boolean
  /** Whether it was, or a second factor is set up. */
  has_second_factor: boolean
  /** When one must be set up at the latest; null while none was asked for. */
  second_factor_due_at: string | null
}

/**
 * The actor of a session that is neither too old nor idle for too long, of a person who is a user
 * still; and what else there is to know of it.
 */
export async function findSession(
  db: Db,
  secret: string,
): Promise<{ actor: Actor; state: SessionState } | undefined> {
  const now = db.now()
  const [session] = await sessionByHash(db, { token_hash: hashSecret(secret) })
  if (!session) return undefined
  const { expires_at, last_seen_at, verified_at, two_factors, ...account } = session
  if (expires_at <= now || last_seen_at <= later(now, -IDLE_SECONDS)) return undefined
  const { has_second_factor, second_factor_due_at, ...user } = account
  const state = {
    is_stale: last_seen_at < later(now, -TOUCH_AFTER_SECONDS),
    verified_at,
    two_factors: two_factors === 1,
    has_second_factor: two_factors === 1 || has_second_factor === 1,
    second_factor_due_at,
  }
  return { actor: await loadActor(db, now, user), state }
}

/** Remembers that the session was used. */
export async function touchSession(db: Db, secret: string) {
  await system(db, (tx) =>
    tx
      .updateTable('session')
      .set({ last_seen_at: db.now() })
      .where('token_hash', '=', hashSecret(secret))
      .execute(),
  )
}

/** The sessions of the actor that are still open, the one of `secret` first. */
export async function listSessions(db: Db, actor: Actor, secret: string) {
  const now = db.now()
  const token_hash = hashSecret(secret)
  const sessions = await db
    .selectFrom('session')
    .select(['id', 'token_hash', 'created_at', 'last_seen_at', 'user_agent'])
    .where('person_id', '=', actor.person_id)
    .where('expires_at', '>', now)
    .where('last_seen_at', '>', later(now, -IDLE_SECONDS))
    .orderBy('last_seen_at', 'desc')
    .execute()
  return sessions
    .map(({ token_hash: hash, user_agent, ...session }) => ({
      ...session,
      device: describeDevice(user_agent),
      is_current: hash === token_hash,
    }))
    .toSorted((a, b) => Number(b.is_current) - Number(a.is_current))
}

export type ListedSession = Awaited<ReturnType<typeof listSessions>>[number]

/** Ends one session: signing out. */
export const closeSession = (tx: SystemTx, secret: string) =>
  tx.deleteFrom('session').where('token_hash', '=', hashSecret(secret)).execute()

/** Ends one of a person's sessions by its number. Returns whether it was open. */
export async function endSession(tx: SystemTx, person_id: number, id: number) {
  const { numDeletedRows } = await tx
    .deleteFrom('session')
    .where('id', '=', id)
    .where('person_id', '=', person_id)
    .executeTakeFirst()
  return numDeletedRows > 0n
}

/**
 * Ends those sessions of a person, except the one of `secret`, that one factor was enough for.
 * Returns how many those were.
 */
export async function endWeakerSessions(tx: SystemTx, person_id: number, secret: string) {
  const { numDeletedRows } = await tx
    .deleteFrom('session')
    .where('person_id', '=', person_id)
    .where('two_factors', '=', 0)
    .where('token_hash', '<>', hashSecret(secret))
    .executeTakeFirst()
  return Number(numDeletedRows)
}

/**
 * Somebody has shown again who they are: the session has another secret from now on, which is
 * returned, so that one which leaked before is of no use.
 */
export async function renewSession(tx: SystemTx, now: string, secret: string) {
  const renewed = newSecret()
  await tx
    .updateTable('session')
    .set({ token_hash: hashSecret(renewed), verified_at: now, last_seen_at: now })
    .where('token_hash', '=', hashSecret(secret))
    .execute()
  return renewed
}

/** Says since when it is shown whose the session is, where that was before it was opened. */
export const proveSince = (tx: SystemTx, secret: string, verified_at: string) =>
  tx
    .updateTable('session')
    .set({ verified_at })
    .where('token_hash', '=', hashSecret(secret))
    .where('verified_at', '>', verified_at)
    .execute()

/** Ends every session of a person, and knows none of their browsers any more. */
export async function signOutEverywhere(tx: SystemTx, person_id: number) {
  await tx.deleteFrom('session').where('person_id', '=', person_id).execute()
  await forgetDevices(tx, person_id)
}
