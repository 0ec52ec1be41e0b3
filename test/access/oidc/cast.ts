import type { LightMyRequestResponse } from 'fastify'
import type { Test } from 'tap'
import { linkIdentity } from '../../../src/access/oidc/identities.ts'
import { createProvider, findEnabledProvider } from '../../../src/access/oidc/providers.ts'
import { operation } from '../../../src/db/operation.ts'
import { requireTenant } from '../../../src/access/visible.ts'
import { CLIENT, identityProvider } from '../../support/identity-provider.ts'
import { appOptions, type World, world } from '../../support/world.ts'

type Added = {
  tenant_id?: number
  slug?: string
  issuer: string
  client_id?: string
  client_secret?: string | null
  vouches_for_two_factors?: number
}

/** A provider of the installation. */
export async function addProvider({ db, actor }: World, added: Added) {
  const { tenant_id = 1, client_secret = CLIENT.client_secret, ...fields } = added
  const slug = added.slug ?? 'northwind'
  const tenant = await requireTenant(db, actor, 'settings.manage', tenant_id)
  await operation(db, actor, 'identity_provider.create', (tx) =>
    createProvider(
      tx,
      appOptions.sealer,
      tenant,
      {
        name: `${slug} id`,
        client_id: CLIENT.client_id,
        vouches_for_two_factors: 0,
        ...fields,
        slug,
      },
      client_secret,
    ),
  )
  return (await findEnabledProvider(db, { slug }))!
}

/** Links an account at a provider with a person, by default Alice. */
export const link = (
  { db, actor }: World,
  provider: Awaited<ReturnType<typeof addProvider>>,
  subject: string,
  person: { person_id: number; tenant_id: number } = actor,
) =>
  operation(db, actor, 'identity.link', (tx) =>
    linkIdentity(tx, person, { provider, vouched: { issuer: provider.issuer, subject } }),
  )

/** A world with a provider for everybody that is a real one, on this machine. */
export async function worldWithProvider(t: Test) {
  const w = await world(t, { app: { allow_private_issuers: true } })
  const idp = await identityProvider(t)
  return { ...w, idp, provider: await addProvider(w, { issuer: idp.issuer }) }
}

/** What a browser keeps of what it was told to, as a header. */
export const cookiesOf = (...answers: LightMyRequestResponse[]) =>
  answers
    .flatMap(({ cookies }) => cookies)
    .filter(({ value }) => value !== '')
    .map(({ name, value }) => `${name}=${value}`)
    .join('; ')

/** The path of an address that a provider sent the browser back to. */
export const pathOf = (href: string) => {
  const { pathname, search } = new URL(href)
  return pathname + search
}

/** Begins at `/sign-in/with/…`; `end` goes on in the same browser with what the provider said. */
export async function begin({ anonymous }: World, slug = 'northwind', next = '') {
  const answer = await anonymous.get(`/sign-in/with/${slug}${next}`)
  const cookie = cookiesOf(answer)
  return {
    answer,
    cookie,
    href: String(answer.headers.location),
    end: (back: string, headers: Record<string, string> = {}) =>
      anonymous.send({ url: pathOf(back), headers: { cookie, ...headers } }),
  }
}
