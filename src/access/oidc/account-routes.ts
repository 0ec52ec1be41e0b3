import type { FastifyInstance } from 'fastify'
import { operation } from '../../db/operation.ts'
import { Conflict, NotFound } from '../../errors.ts'
import { takesNoFields } from '../../web/form.ts'
import { localPath } from '../../web/local-path.ts'
import { readId } from '../../web/numbers.ts'
import type { Db } from '../../db/connection.ts'
import { hasPassword } from '../accounts.ts'
import type { Actor } from '../actor.ts'
import { listPasskeys } from '../passkeys.ts'
import type { OtherWay } from '../views.ts'
import type { Oidc } from './flow.ts'
import { listIdentities, tenantPathOf, unlinkIdentity } from './identities.ts'
import { findEnabledProvider, listProvidersFor, serves } from './providers.ts'
import { sendAway } from './sign-in-routes.ts'
import { views } from './views.ts'

const PAGE = '/account/single-sign-on'
const own = { permission: 'signed_in', without_factor: true } as const

/** One's own accounts at providers: linking one, ending a link, showing by one who one is. */
export function oidcAccountRoutes(app: FastifyInstance, oidc: Oidc) {
  const { db } = oidc

  app.get(PAGE, { config: own }, async ({ actor }, reply) => {
    const identities = await listIdentities(db, actor)
    const linked = new Set(identities.map(({ provider_id }) => provider_id))
    const offered = await listProvidersFor(db, await tenantPathOf(db, actor.tenant_id))
    const providers = offered.filter(({ id }) => !linked.has(id))
    return reply.page(views.account({ identities, providers }))
  })

  // The answer is a page that leads on, not a redirect: the browser keeps forms on this server.
  app.post<{ Params: { id: string } }>(
    `${PAGE}/:id/link`,
    { config: { ...own, fresh: true }, preHandler: takesNoFields },
    async (request, reply) => {
      const provider = await findOffered(db, request.actor, request.params.id)
      const href = await sendAway(oidc, request, reply, { provider, purpose: 'link', next: PAGE })
      return href ? reply.page(views.leave({ href, name: provider.name })) : reply
    },
  )

  app.post<{ Params: { id: string } }>(
    `${PAGE}/:id/removal`,
    { config: { ...own, fresh: true }, preHandler: takesNoFields },
    async ({ actor, params }, reply) => {
      await requireAnotherWay(db, actor)
      await operation(db, actor, 'identity.unlink', (tx) =>
        unlinkIdentity(tx, actor, readId(params.id) ?? 0),
      )
      return reply.done(PAGE, 'The link was removed.')
    },
  )

  app.get<{ Params: { id: string }; Querystring: { next?: unknown } }>(
    '/verify/with/:id',
    { config: own },
    async (request, reply) => {
      const provider = await findOffered(db, request.actor, request.params.id)
      const next = localPath(request.query.next) ?? PAGE
      const href = await sendAway(oidc, request, reply, { provider, purpose: 'verify', next })
      return href ? reply.redirect(href, 303) : reply
    },
  )
}

/** The ways to show once more who one is that lead through a provider. */
export async function waysToVerify(db: Db, actor: Actor, next: string): Promise<OtherWay[]> {
  const identities = await listIdentities(db, actor)
  return identities
    .filter(({ enabled }) => enabled)
    .map(({ provider_id, name, vouches_for_two_factors }) => ({
      href: `/verify/with/${provider_id}?next=${encodeURIComponent(next)}`,
      label: `Continue with ${name}`,
      is_two_factors: vouches_for_two_factors === 1,
    }))
}

async function findOffered(db: Db, actor: Actor, id: string) {
  const provider = await findEnabledProvider(db, { id: readId(id) ?? 0 })
  if (!provider || !serves(provider, await tenantPathOf(db, actor.tenant_id)))
    throw new NotFound('such provider')
  return provider
}

/** Nobody is to lock themselves out. */
async function requireAnotherWay(db: Db, actor: Actor) {
  const identities = await listIdentities(db, actor)
  const { person_id } = actor
  if (identities.length > 1 || (await hasPassword(db, person_id))) return
  if ((await listPasskeys(db, person_id)).length > 0) return
  throw new Conflict('This is your only way to sign in. Add a passkey first.')
}
