import type { Db } from '../db/connection.ts'
import type { Tx } from '../db/operation.ts'
import { prepared } from '../db/prepared.ts'
import type { Actor } from './actor.ts'
import { hashSecret, newSecret } from './secrets.ts'

const MARK = 'tnt_'

const tokenByHash = prepared((db, { token_hash, now }: { token_hash: string; now: string }) =>
  db
    .selectFrom('api_token')
    .innerJoin('person', 'person.id', 'api_token.person_id')
    .innerJoin('user_account', 'user_account.person_id', 'person.id')
    .innerJoin('tenant', 'tenant.id', 'person.tenant_id')
    .select([
      'person.id as person_id',
      'person.name',
      'person.email',
      'tenant.id as tenant_id',
      'tenant.name as tenant_name',
    ])
    .where('api_token.token_hash', '=', token_hash)
    .where((eb) =>
      eb.or([eb('api_token.expires_at', 'is', null), eb('api_token.expires_at', '>', now)]),
    ),
)

/** The actor of `Authorization: Bearer …`, while the token's owner may sign in. */
export async function findTokenActor(db: Db, authorization: string | undefined) {
  const secret = /^Bearer (tnt_[\w-]+)$/.exec(authorization ?? '')?.[1]
  if (!secret) return undefined
  const [actor] = await tokenByHash(db, { token_hash: hashSecret(secret), now: db.now() })
  return actor
}

/** Creates an API token for a person and returns its secret, which is stored nowhere. */
export async function createToken(
  tx: Tx,
  owner: { person_id: number; tenant_id: number },
  name: string,
) {
  const secret = MARK + newSecret()
  await tx
    .insertInto('api_token')
    .values({ ...owner, name, prefix: secret.slice(0, 10), token_hash: hashSecret(secret) })
    .execute()
  return secret
}
