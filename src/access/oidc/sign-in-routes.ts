import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { operation, system } from '../../db/operation.ts'
import { Conflict, NotFound } from '../../errors.ts'
import { localPath } from '../../web/local-path.ts'
import { sendSecrets, sendSession, sendStep, sessionSecret, visitor } from '../cookie.ts'
import { openPending } from '../pending-sign-ins.ts'
import { hashSecret } from '../secrets.ts'
import { proveSince, renewSession } from '../sessions.ts'
import { admit } from '../sign-in.ts'
import { siteOf } from '../passkey-sign-in-routes.ts'
import { START_PAGE } from '../sign-in-routes.ts'
import { networkOf } from '../throttle.ts'
import { keepAttempt, takeAttemptSecret } from './attempt-cookie.ts'
import type { Purpose } from './attempts.ts'
import { ProviderProblem } from './client.ts'
import { beginOidc, type Errand, type Finished, finishOidc, type Oidc } from './flow.ts'
import { findUserOf, linkIdentity, touchIdentity } from './identities.ts'
import { findEnabledProvider } from './providers.ts'
import { views } from './views.ts'

/**
 * Signing in by a provider, and coming back from one whatever one was sent there for. What is begun
 * elsewhere with `sendAway` for a purpose of its own is ended by that purpose's function in `others`.
 */
export function oidcSignInRoutes(
  app: FastifyInstance,
  oidc: Oidc,
  others: Partial<Record<Purpose, ComeBack>> = {},
) {
  const comeBack = { sign_in: signInWith, link: linkWith, verify: verifyWith, ...others }

  app.get<{ Params: { slug: string }; Querystring: { next?: unknown } }>(
    '/sign-in/with/:slug',
    { config: { permission: 'public' } },
    async (request, reply) => {
      const next = localPath(request.query.next) ?? START_PAGE
      if (request.actor) return reply.redirect(next, 303)
      const provider = await findEnabledProvider(oidc.db, { slug: request.params.slug })
      if (!provider) throw new NotFound('such way to sign in')
      const href = await sendAway(oidc, request, reply, { provider, purpose: 'sign_in', next })
      return href ? reply.redirect(href, 303) : reply
    },
  )

  app.get<{ Params: { slug: string } }>(
    '/sign-in/oidc/callback/:slug',
    { config: { permission: 'public' } },
    async (request, reply) => {
      const [, search = ''] = /^[^?]*(\?[^#]*)/.exec(request.url) ?? []
      try {
        const finished = await finishOidc(
          oidc,
          { slug: request.params.slug, search },
          takeAttemptSecret(request, reply),
        )
        const end = comeBack[finished.attempt.purpose]
        if (!end) throw new Error(`nothing ends what was begun for ${finished.attempt.purpose}`)
        return await end(oidc, request, reply, finished)
      } catch (error) {
        return refuse(request, reply, error)
      }
    },
  )
}

type Sent = Pick<Errand, 'provider' | 'purpose' | 'next' | 'reference'>

/**
 * Begins what the browser is sent to a provider for, and returns where. Where the provider cannot
 * be reached it answers with a page that says so, and returns undefined.
 */
export async function sendAway(
  oidc: Oidc,
  request: FastifyRequest,
  reply: FastifyReply,
  errand: Sent,
) {
  const session = sessionSecret(request)
  try {
    const { secret, href } = await beginOidc(oidc, {
      ...errand,
      ...(request.actor && session && { session_hash: hashSecret(session) }),
      origin: siteOf(request, oidc.url).origin,
      address: networkOf(request.ip),
    })
    keepAttempt(request, reply, secret)
    return href
  } catch (error) {
    await refuse(request, reply, error)
    return undefined
  }
}

/** Ends what somebody was sent to a provider for. Throws ProviderProblem. */
export type ComeBack = (
  oidc: Oidc,
  request: FastifyRequest,
  reply: FastifyReply,
  finished: Finished,
) => Promise<FastifyReply>

/** Lets in whose account it is that a provider has vouched for. */
export async function signInWith(
  { db }: Oidc,
  request: FastifyRequest,
  reply: FastifyReply,
  { attempt, provider, vouched }: Finished,
) {
  const user = await findUserOf(db, { provider, vouched })
  if (!user) throw new ProviderProblem(notLinked(provider.name))
  const { person_id } = user
  const now = db.now()
  await system(db, (tx) => touchIdentity(tx, now, user.identity_id))
  const two_factors = isByTwoFactors({ provider, vouched })
  if (user.has_second_factor && !two_factors) {
    const pending = await system(db, (tx) => openPending(tx, now, person_id))
    const address = `/sign-in/second-step?next=${encodeURIComponent(attempt.next)}`
    return sendStep(request, reply, 'pending', pending).redirect(address, 303)
  }
  const secrets = await system(db, async (tx) => {
    const admitted = await admit(tx, now, person_id, visitor(request), two_factors)
    // Who was signed in at the provider all along has shown nothing just now.
    if (vouched.auth_time) await proveSince(tx, admitted.session, instantOf(vouched.auth_time))
    return admitted
  })
  request.log.info({ person_id, provider_id: provider.id }, 'signed in by a provider')
  return sendSecrets(request, reply, secrets).redirect(attempt.next, 303)
}

const isByTwoFactors = ({ provider, vouched }: Pick<Finished, 'provider' | 'vouched'>) =>
  provider.vouches_for_two_factors === 1 || vouched.two_factors

const instantOf = (seconds: number) => new Date(seconds * 1000).toISOString()

const notLinked = (provider: string) =>
  `Nobody here is linked with this account at ${provider}. If you have an account here, sign in with it and link the two under Account → Single sign-on. If you have none, ask whoever manages Tenantry for an invitation.`

async function linkWith(
  { db }: Oidc,
  request: FastifyRequest,
  reply: FastifyReply,
  { attempt, provider, vouched }: Finished,
) {
  requireSameSession(request, attempt.session_hash)
  await operation(db, request.actor, 'identity.link', (tx) =>
    linkIdentity(tx, request.actor, { provider, vouched }),
  )
  return reply.redirect(attempt.next, 303)
}

async function verifyWith(
  { db }: Oidc,
  request: FastifyRequest,
  reply: FastifyReply,
  { attempt, provider, vouched }: Finished,
) {
  requireSameSession(request, attempt.session_hash)
  const user = await findUserOf(db, { provider, vouched })
  if (user?.person_id !== request.actor.person_id)
    throw new ProviderProblem(`This account at ${provider.name} is not the one linked with yours.`)
  if (user.has_second_factor && !isByTwoFactors({ provider, vouched }))
    throw new ProviderProblem('You have a second factor here: show that one instead.')
  const renewed = await system(db, (tx) => renewSession(tx, db.now(), sessionSecret(request)!))
  return sendSession(request, reply, renewed).redirect(attempt.next, 303)
}

/** Whoever comes back must be signed in as they were when they left, in the very same session. */
function requireSameSession(request: FastifyRequest, session_hash: string | null) {
  const session = sessionSecret(request)
  if (!request.actor || !session || hashSecret(session) !== session_hash)
    throw new ProviderProblem('You are no longer signed in as you were when you left. Begin again.')
}

/** Says in plain words why it ended; what the provider said goes to the log only. */
function refuse(request: FastifyRequest, reply: FastifyReply, error: unknown) {
  if (!(error instanceof ProviderProblem) && !(error instanceof Conflict)) throw error
  const reason = error.cause instanceof Error ? error.cause.message : undefined
  request.log.warn({ reason }, `a provider did not do: ${error.message}`)
  return reply.code(422).page(views.refused({ message: error.message }))
}
