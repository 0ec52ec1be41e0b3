import type { Db, Reads } from '../db/connection.ts'
import { type Tx, system } from '../db/operation.ts'
import { prepared } from '../db/prepared.ts'
import { everyTenant, everyTenantTx } from '../db/scope-guard.ts'
import { Forbidden, NotFound } from '../errors.ts'
import type { Actor } from './actor.ts'
import { USER_COLUMNS, loadActor, readPermissions } from './grants.ts'
import { type Permission, permissionWords } from './permissions.ts'
import { hashSecret } from './secrets.ts'
import { isTokenSecret, newTokenSecret } from './token-secret.ts'

/** How stale "last used" may be: writing it at each call would make reading cost a write. */
const TOUCH_AFTER_MINUTES = 5

const tokenByHash = prepared((db, { token_hash, now }: { token_hash: string; now: string }) =>
  everyTenant(db)
    .selectFrom('api_token')
    .innerJoin('person', 'person.id', 'api_token.person_id')
    .innerJoin('user_account', 'user_account.person_id', 'person.id')
    .innerJoin('tenant', 'tenant.id', 'person.tenant_id')
    .innerJoin('role', 'role.id', 'person.role_id')
    .select(['api_token.permissions as limit', 'api_token.expires_at'])
    .select(['user_account.has_second_factor', 'user_account.second_factor_due_at'])
    .select(USER_COLUMNS)
    .where('api_token.token_hash', '=', token_hash)
    .where('person.active', '=', 1)
    .where((eb) =>
      eb.or([eb('api_token.expires_at', 'is', null), eb('api_token.expires_at', '>', now)]),
    ),
)

function bearerSecret(authorization = '') {
  const secret = /^Bearer (\S+)$/.exec(authorization)?.[1]
  return secret !== undefined && isTokenSecret(secret) ? secret : undefined
}

/**
 * The actor of `Authorization: Bearer …`, while the token's owner may sign in: with the rights that
 * the owner has now, or those of them to which the token is confined. Throws Forbidden while the
 * owner is late with a second factor: a token is no way round it.
 */
export async function findTokenActor(db: Db, authorization: string | undefined) {
  const secret = bearerSecret(authorization)
  if (!secret) return undefined
  const [token] = await tokenByHash(db, { token_hash: hashSecret(secret), now: db.now() })
  if (!token) return undefined
  const { limit, expires_at: _, has_second_factor, second_factor_due_at, ...user } = token
  const confined = limit === null ? null : readPermissions(limit)
  const actor = await loadActor(db, db.now(), user, confined)
  const is_late = second_factor_due_at !== null && second_factor_due_at <= db.now()
  if (actor.needs_second_factor && !has_second_factor && is_late) throw new Forbidden(LATE)
  return actor
}

/** When the token of `Authorization: Bearer …` ends; null for never. */
export async function endOfToken(db: Db, authorization: string | undefined) {
  const token_hash = hashSecret(bearerSecret(authorization)!)
  const [token] = await tokenByHash(db, { token_hash, now: db.now() })
  return token!.expires_at
}

const LATE =
  'The owner of this token has to set up a second factor first, on the page Account → Security.'

/** Remembers that a token was used, at most once in five minutes. */
export async function touchToken(db: Db, authorization: string | undefined) {
  const secret = bearerSecret(authorization)
  if (!secret) return
  const now = db.now()
  const token_hash = hashSecret(secret)
  const [token] = await staleToken(db, {
    token_hash,
    stale: minutesAfter(now, -TOUCH_AFTER_MINUTES),
  })
  if (!token) return
  await system(db, (tx) =>
    everyTenantTx(tx)
      .updateTable('api_token')
      .set({ last_used_at: now })
      .where('id', '=', token.id)
      .execute(),
  )
}

const staleToken = prepared((db, { token_hash, stale }: { token_hash: string; stale: string }) =>
  everyTenant(db)
    .selectFrom('api_token')
    .select('id')
    .where('token_hash', '=', token_hash)
    .where((eb) => eb.or([eb('last_used_at', 'is', null), eb('last_used_at', '<', stale)])),
)

/**
 * Creates an API token for a person and returns its secret, which is stored nowhere. It lives for
 * so many days, or for good, and may do what its owner may, or of that only some things.
 */
export async function createToken(
  tx: Tx,
  { person_id, tenant_id }: { person_id: number; tenant_id: number },
  name: string,
  days = 0,
  limit: Permission[] | null = null,
) {
  const until = days > 0 ? daysAfter(tx.operation.at, days) : null
  return (await insertToken(tx, { person_id, tenant_id }, { name, until, limit })).secret
}

/**
 * Creates an API token by means of another: it may do nothing that this one may not, and ends no
 * later, so that a token which leaked is no way to a better one. Returns its id and its secret.
 */
export function createTokenByToken(
  tx: Tx,
  actor: Actor,
  maker_ends_at: string | null,
  { name, days, limit }: { name: string; days: number | null; limit: Permission[] | null },
) {
  const wanted = days === null ? null : daysAfter(tx.operation.at, days)
  const until = [wanted, maker_ends_at].filter((end) => end !== null).toSorted()[0] ?? null
  const confined = actor.access.limit && [...actor.access.limit]
  return insertToken(tx, actor, { name, until, limit: limit ?? confined })
}

async function insertToken(
  tx: Tx,
  { person_id, tenant_id }: { person_id: number; tenant_id: number },
  { name, until, limit }: { name: string; until: string | null; limit: Permission[] | null },
) {
  const secret = newTokenSecret()
  const { id } = await tx
    .insertInto('api_token')
    .values({
      person_id,
      tenant_id,
      name,
      prefix: secret.slice(0, 10),
      token_hash: hashSecret(secret),
      permissions: limit && JSON.stringify(limit),
      expires_at: until,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return { id, secret }
}

/** Ends a token for good. Throws NotFound when the person has no such token. */
export async function revokeToken(tx: Tx, person_id: number, id: number) {
  const { numDeletedRows } = await everyTenantTx(tx)
    .deleteFrom('api_token')
    .where('id', '=', id)
    .where('person_id', '=', person_id)
    .executeTakeFirst()
  if (numDeletedRows === 0n) throw new NotFound(`token ${id}`)
}

/** The actor's own tokens, the newest first. */
export async function listTokens(db: Db, actor: Actor) {
  const tokens = await ownTokens(db, actor).orderBy('id', 'desc').execute()
  const now = db.now()
  return tokens.map(({ permissions, ...token }) => ({
    ...token,
    /** What it is confined to, in words; null for all that its owner may do. */
    may:
      permissions &&
      [...readPermissions(permissions)].map((permission) => permissionWords[permission]),
    expired: token.expires_at !== null && token.expires_at <= now,
  }))
}

export type ListedToken = Awaited<ReturnType<typeof listTokens>>[number]

/** The actor's own tokens as they are stored, without what their secrets are checked by. */
export const ownTokens = (db: Reads, actor: Actor) =>
  everyTenant(db)
    .selectFrom('api_token')
    .select(['id', 'name', 'prefix', 'permissions', 'expires_at', 'last_used_at'])
    .where('tenant_id', '=', actor.tenant_id)
    .where('person_id', '=', actor.person_id)

const daysAfter = (instant: string, days: number) => minutesAfter(instant, days * 24 * 60)

const minutesAfter = (instant: string, minutes: number) =>
  Temporal.Instant.from(instant).add({ minutes }).toString({ smallestUnit: 'millisecond' })
