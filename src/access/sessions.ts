import type { Db } from '../db/connection.ts'
import { type SystemTx, system } from '../db/operation.ts'
import { prepared } from '../db/prepared.ts'
import type { Actor } from './actor.ts'
import { describeDevice } from './user-agent.ts'
import { forgetDevices } from './known-devices.ts'
import { hashSecret, newSecret } from './secrets.ts'

const IDLE_HOURS = 1
const ABSOLUTE_HOURS = 24
/** How stale "last seen" may be: writing it at each request would make reading cost a write. */
const TOUCH_AFTER_SECONDS = 60

const later = (instant: string, duration: Temporal.DurationLike) =>
  Temporal.Instant.from(instant).add(duration).toString({ smallestUnit: 'millisecond' })

/** Opens a session and returns its secret, which is stored nowhere. */
export async function openSession(
  tx: SystemTx,
  now: string,
  person_id: number,
  user_agent: string,
) {
  const secret = newSecret()
  await tx
    .insertInto('session')
    .values({
      token_hash: hashSecret(secret),
      person_id,
      created_at: now,
      last_seen_at: now,
      expires_at: later(now, { hours: ABSOLUTE_HOURS }),
      user_agent: user_agent.slice(0, 200),
    })
    .execute()
  await tx.deleteFrom('session').where('expires_at', '<=', now).execute()
  return secret
}

type SessionTimes = { token_hash: string; now: string; idle_since: string }

const sessionByHash = prepared((db, { token_hash, now, idle_since }: SessionTimes) =>
  db
    .selectFrom('session')
    .innerJoin('person', 'person.id', 'session.person_id')
    .innerJoin('tenant', 'tenant.id', 'person.tenant_id')
    .select([
      'person.id as person_id',
      'person.name',
      'person.email',
      'tenant.id as tenant_id',
      'tenant.name as tenant_name',
    ])
    .where('session.token_hash', '=', token_hash)
    .where('session.expires_at', '>', now)
    .where('session.last_seen_at', '>', idle_since),
)

/** The actor of a session that is neither too old nor idle for too long. */
export async function findSessionActor(db: Db, secret: string): Promise<Actor | undefined> {
  const now = db.now()
  const [actor] = await sessionByHash(db, {
    token_hash: hashSecret(secret),
    now,
    idle_since: later(now, { hours: -IDLE_HOURS }),
  })
  return actor
}

/** Remembers that the session was used, at most once a minute. */
export async function touchSession(db: Db, secret: string) {
  const now = db.now()
  const token_hash = hashSecret(secret)
  const stale = later(now, { seconds: -TOUCH_AFTER_SECONDS })
  const [session] = await staleSession(db, { token_hash, stale })
  if (!session) return
  await system(db, (tx) =>
    tx.updateTable('session').set({ last_seen_at: now }).where('id', '=', session.id).execute(),
  )
}

const staleSession = prepared((db, { token_hash, stale }: { token_hash: string; stale: string }) =>
  db
    .selectFrom('session')
    .select('id')
    .where('token_hash', '=', token_hash)
    .where('last_seen_at', '<', stale),
)

/** The sessions of the actor that are still open, the one of `secret` first. */
export async function listSessions(db: Db, actor: Actor, secret: string) {
  const now = db.now()
  const token_hash = hashSecret(secret)
  const sessions = await db
    .selectFrom('session')
    .select(['id', 'token_hash', 'created_at', 'last_seen_at', 'user_agent'])
    .where('person_id', '=', actor.person_id)
    .where('expires_at', '>', now)
    .where('last_seen_at', '>', later(now, { hours: -IDLE_HOURS }))
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

/** Ends every session of a person, and knows none of their browsers any more. */
export async function signOutEverywhere(tx: SystemTx, person_id: number) {
  await tx.deleteFrom('session').where('person_id', '=', person_id).execute()
  await forgetDevices(tx, person_id)
}
