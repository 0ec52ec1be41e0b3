import type { Db, Reads } from '../../db/connection.ts'
import { takenColumns } from '../../db/constraints.ts'
import type { SystemTx, Tx } from '../../db/operation.ts'
import { everyTenant, everyTenantTx } from '../../db/scope-guard.ts'
import { Conflict, NotFound } from '../../errors.ts'
import type { Actor } from '../actor.ts'
import type { Vouched } from './client.ts'
import { type SignInProvider, serves } from './providers.ts'

/** An account at a provider: who vouches for whom. */
export type Identity = { provider: SignInProvider; vouched: Pick<Vouched, 'issuer' | 'subject'> }

/**
 * The user whose account this is: an active person with a role, of a tenant that the provider is
 * for. Nothing that the provider says of an e-mail address counts.
 */
export async function findUserOf(db: Reads, { provider, vouched }: Identity) {
  const user = await everyTenant(db)
    .selectFrom('identity')
    .innerJoin('person', 'person.id', 'identity.person_id')
    .innerJoin('user_account', 'user_account.person_id', 'person.id')
    .innerJoin('tenant', 'tenant.id', 'person.tenant_id')
    .select(['identity.id as identity_id', 'person.id as person_id', 'tenant.path'])
    .select('user_account.has_second_factor')
    .where('identity.provider_id', '=', provider.id)
    .where('identity.issuer', '=', vouched.issuer)
    .where('identity.subject', '=', vouched.subject)
    .where('person.active', '=', 1)
    .where('person.role_id', 'is not', null)
    .executeTakeFirst()
  return user && serves(provider, user.path) ? user : undefined
}

/** Remembers that somebody signed in with it. */
export const touchIdentity = (tx: SystemTx, now: string, id: number) =>
  everyTenantTx(tx)
    .updateTable('identity')
    .set({ last_used_at: now })
    .where('id', '=', id)
    .execute()

/**
 * Makes an account at a provider a person's: from then on, who has it can sign in as that person.
 * Throws Conflict when it is somebody's, or the provider is not for the person's tenant.
 */
export async function linkIdentity(
  tx: Tx,
  { person_id, tenant_id }: { person_id: number; tenant_id: number },
  { provider, vouched }: Identity,
) {
  if (!serves(provider, await tenantPathOf(tx, tenant_id)))
    throw new Conflict(`${provider.name} is not for people of your tenant.`)
  await tx
    .insertInto('identity')
    .values({
      tenant_id,
      person_id,
      provider_id: provider.id,
      issuer: vouched.issuer,
      subject: vouched.subject,
      created_at: tx.operation.at,
      last_used_at: null,
    })
    .execute()
    .catch((error: unknown) => {
      if (takenColumns(error)?.includes('subject'))
        throw new Conflict(`This account at ${provider.name} is linked already.`)
      throw error
    })
}

/** The accounts at providers that are the actor's own. */
export const listIdentities = (db: Db, actor: Actor) =>
  everyTenant(db)
    .selectFrom('identity')
    .innerJoin('identity_provider', 'identity_provider.id', 'identity.provider_id')
    .select(['identity.id', 'identity.provider_id', 'identity.created_at', 'identity.last_used_at'])
    .select(['identity_provider.name', 'identity_provider.enabled'])
    .select('identity_provider.vouches_for_two_factors')
    .where('identity.tenant_id', '=', actor.tenant_id)
    .where('identity.person_id', '=', actor.person_id)
    .orderBy('identity.id')
    .execute()

export type ListedIdentity = Awaited<ReturnType<typeof listIdentities>>[number]

/** Ends a link of the actor's own. Throws NotFound when there is none such. */
export async function unlinkIdentity(tx: Tx, actor: Actor, id: number) {
  const { numDeletedRows } = await everyTenantTx(tx)
    .deleteFrom('identity')
    .where('id', '=', id)
    .where('tenant_id', '=', actor.tenant_id)
    .where('person_id', '=', actor.person_id)
    .executeTakeFirst()
  if (numDeletedRows === 0n) throw new NotFound('such link')
}

/** The path of a tenant in the tree, for whom a provider is. */
export async function tenantPathOf(db: Reads, id: number) {
  const { path } = await everyTenant(db)
    .selectFrom('tenant')
    .select('path')
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
  return path
}
