import type { Reads } from '../../db/connection.ts'
import { takenColumns } from '../../db/constraints.ts'
import type { Tx } from '../../db/operation.ts'
import { type Scope, type VisibleTenant, inScope } from '../../db/scope.ts'
import { everyTenant, everyTenantTx } from '../../db/scope-guard.ts'
import { Conflict, Invalid, NotFound } from '../../errors.ts'
import type { Place, Sealer } from '../sealing.ts'

const COLUMNS = [
  'identity_provider.id',
  'identity_provider.tenant_id',
  'identity_provider.name',
  'identity_provider.slug',
  'identity_provider.issuer',
  'identity_provider.client_id',
  'identity_provider.client_secret',
  'identity_provider.vouches_for_two_factors',
  'identity_provider.enabled',
  'identity_provider.version',
  'tenant.name as tenant_name',
  'tenant.path as tenant_path',
] as const

const withTenant = (db: Reads) =>
  db
    .selectFrom('identity_provider')
    .innerJoin('tenant', 'tenant.id', 'identity_provider.tenant_id')
    .select(COLUMNS)

/** The providers of the tenants in the scope, with how many people are linked. */
export const listProviders = (db: Reads, scope: Scope) =>
  // Links are counted whoever they are of.
  withTenant(everyTenant(db))
    .select((eb) =>
      eb
        .selectFrom('identity')
        .select((eb) => eb.fn.countAll<number>().as('number'))
        .whereRef('identity.provider_id', '=', 'identity_provider.id')
        .as('linked'),
    )
    .where(inScope(scope, 'identity_provider.tenant_id'))
    .orderBy('identity_provider.name')
    .execute()

export type Provider = Awaited<ReturnType<typeof getProvider>>
export type ListedProvider = Awaited<ReturnType<typeof listProviders>>[number]

/** One provider of the tenants in the scope. Throws NotFound. */
export async function getProvider(db: Reads, scope: Scope, id: number) {
  const provider = (await listProviders(db, scope)).find((one) => one.id === id)
  if (!provider) throw new NotFound('such provider')
  return provider
}

/** What signing in needs to know of a provider. */
export type SignInProvider = Omit<Provider, 'linked'>

/** Whoever signs in is nobody yet, so every tenant's provider is found; not one that is disabled. */
const enabledProviders = (db: Reads) =>
  withTenant(everyTenant(db)).where('identity_provider.enabled', '=', 1)

export const findEnabledProvider = (db: Reads, by: { slug: string } | { id: number }) =>
  'slug' in by
    ? enabledProviders(db).where('identity_provider.slug', '=', by.slug).executeTakeFirst()
    : enabledProviders(db).where('identity_provider.id', '=', by.id).executeTakeFirst()

/** The providers for everybody: those that the page for signing in may name to anybody. */
export const listPublicProviders = (db: Reads) =>
  enabledProviders(db)
    .where('tenant.parent_id', 'is', null)
    .orderBy('identity_provider.name')
    .execute()

/** The enabled providers that are for the people of the tenant with this path. */
export async function listProvidersFor(db: Reads, tenant_path: string) {
  const all = await enabledProviders(db).orderBy('identity_provider.name').execute()
  return all.filter((provider) => serves(provider, tenant_path))
}

/** Whether the people of the tenant with this path are those that the provider is for. */
export const serves = (provider: { tenant_path: string }, tenant_path: string) =>
  tenant_path.startsWith(provider.tenant_path)

const PURPOSE = 'identity provider'
const placeOf = (id: number): Place => ({
  table: 'identity_provider',
  row: id,
  column: 'client_secret',
})

/** How a provider is talked to, with its secret in the clear. */
export const clientSettings = (
  sealer: Sealer,
  { id, issuer, client_id, client_secret }: SignInProvider,
) => ({
  issuer,
  client_id,
  client_secret: client_secret && sealer.open(PURPOSE, placeOf(id), client_secret),
})

export type ProviderFields = {
  name: string
  slug: string
  issuer: string
  client_id: string
  vouches_for_two_factors: number
}

/** Adds a provider for the people of a tenant. Throws Invalid when the slug is taken. */
export async function createProvider(
  tx: Tx,
  sealer: Sealer,
  tenant_id: VisibleTenant<'settings.manage'>,
  fields: ProviderFields,
  client_secret: string | null,
) {
  const { id } = await tx
    .insertInto('identity_provider')
    .values({ tenant_id, ...fields })
    .returning('id')
    .executeTakeFirstOrThrow()
    .catch(refuseTakenSlug)
  if (client_secret) await keepSecret(tx, sealer, id, client_secret)
  return id
}

/** Which provider a change is for, and what whoever changes it may reach. */
export type Target = { id: number; scope: Scope }

/**
 * Changes a provider that was last seen in `version`. Without a new secret the old one stays, but
 * never for another issuer: a secret goes nowhere but where it was meant to go.
 */
export async function updateProvider(
  tx: Tx,
  sealer: Sealer,
  { id, scope }: Target,
  { version, tenant_id, ...fields }: ProviderFields & { version: number; tenant_id: number },
  client_secret: string | null,
) {
  const current = await getProvider(tx, scope, id)
  if (current.version !== version)
    throw new Conflict(`${current.name} was changed meanwhile. Open it again.`)
  const has_moved = current.issuer !== fields.issuer || current.client_id !== fields.client_id
  if (has_moved && current.client_secret && !client_secret)
    throw new Invalid({
      client_secret: 'Enter the secret again: the old one is not for this issuer and client.',
    })
  await tx
    .updateTable('identity_provider')
    .set({ ...fields, tenant_id, version: version + 1 })
    .where(inScope(scope, 'identity_provider.tenant_id'))
    .where('id', '=', id)
    .execute()
    .catch(refuseTakenSlug)
  if (client_secret) await keepSecret(tx, sealer, id, client_secret)
}

/** Lets people sign in by the provider, or no longer. */
export async function enableProvider(tx: Tx, { id, scope }: Target, enabled: boolean) {
  const { version } = await getProvider(tx, scope, id)
  await tx
    .updateTable('identity_provider')
    .set({ enabled: Number(enabled), version: version + 1 })
    .where(inScope(scope, 'identity_provider.tenant_id'))
    .where('id', '=', id)
    .execute()
}

/** Deletes a provider with the links of people to it. */
export async function deleteProvider(tx: Tx, { id, scope }: Target) {
  await getProvider(tx, scope, id)
  await everyTenantTx(tx).deleteFrom('identity').where('provider_id', '=', id).execute()
  await tx
    .deleteFrom('identity_provider')
    .where(inScope(scope, 'identity_provider.tenant_id'))
    .where('id', '=', id)
    .execute()
}

/** It is sealed for its row, which only now has an id. */
const keepSecret = (tx: Tx, sealer: Sealer, id: number, client_secret: string) =>
  everyTenantTx(tx)
    .updateTable('identity_provider')
    .set({ client_secret: sealer.seal(PURPOSE, placeOf(id), client_secret) })
    .where('id', '=', id)
    .execute()

function refuseTakenSlug(error: unknown): never {
  if (takenColumns(error)?.includes('slug'))
    throw new Invalid({ slug: 'Another provider has this short name.' })
  throw error
}
