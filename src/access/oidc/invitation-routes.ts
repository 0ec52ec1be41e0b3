import type { FastifyInstance } from 'fastify'
import { operation } from '../../db/operation.ts'
import { NotFound } from '../../errors.ts'
import { takesNoFields } from '../../web/form.ts'
import { findInvitation, redeemInvitation } from '../invitations.ts'
import { hashSecret } from '../secrets.ts'
import { START_PAGE } from '../sign-in-routes.ts'
import { views as pages } from '../views.ts'
import type { Oidc } from './flow.ts'
import { findUserOf, linkIdentity } from './identities.ts'
import { listProvidersFor } from './providers.ts'
import { type ComeBack, sendAway, signInWith } from './sign-in-routes.ts'
import { views } from './views.ts'

/**
 * Accepting an invitation by single sign-on. It is begun by a form on the page of the invitation, so
 * that nobody is led into another's account by a link alone.
 */
export function oidcInvitationRoutes(app: FastifyInstance, oidc: Oidc) {
  app.post<{ Params: { secret: string; slug: string } }>(
    '/invitations/:secret/with/:slug',
    { config: { permission: 'public' }, preHandler: takesNoFields },
    async (request, reply) => {
      const { secret, slug } = request.params
      const reference = hashSecret(secret)
      const invited = await findInvitation(oidc.db, reference, oidc.db.now())
      if (!invited) return reply.code(410).page(pages.invitationGone({}))
      const offered = await listProvidersFor(oidc.db, invited.tenant_path)
      const provider = offered.find((one) => one.slug === slug)
      if (!provider) throw new NotFound('such provider')
      reply.header('referrer-policy', 'no-referrer').header('cache-control', 'no-store')
      const errand = { provider, purpose: 'invitation', next: START_PAGE, reference } as const
      const href = await sendAway(oidc, request, reply, errand)
      return href ? reply.page(views.leave({ href, name: provider.name })) : reply
    },
  )
}

/** Uses an invitation up with an account at a provider, which signs the person in from then on. */
export const acceptWith: ComeBack = async (oidc, request, reply, finished) => {
  const { attempt, provider, vouched } = finished
  const token_hash = attempt.reference!
  const invited = await findInvitation(oidc.db, token_hash, oidc.db.now())
  if (!invited) return reply.code(410).page(pages.invitationGone({}))
  const { person_id, name } = invited
  const redeemed = await operation(
    oidc.db,
    { person_id, name },
    'invitation.redeem',
    async (tx) => {
      if (!(await redeemInvitation(tx, token_hash, null))) return false
      const linked = await findUserOf(tx, { provider, vouched })
      if (linked?.person_id !== person_id) await linkIdentity(tx, invited, { provider, vouched })
      return true
    },
  )
  if (!redeemed) return reply.code(410).page(pages.invitationGone({}))
  request.log.info({ person_id, provider_id: provider.id }, 'invitation redeemed by a provider')
  return signInWith(oidc, request, reply, finished)
}
