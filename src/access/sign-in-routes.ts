import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Db } from '../db/connection.ts'
import { system } from '../db/operation.ts'
import { type Form, freshForm, parseForm, typed, withError, takesNoFields } from '../web/form.ts'
import { localPath } from '../web/local-path.ts'
import { dropSession, sendSecrets, sendStep, sessionSecret, visitor } from './cookie.ts'
import { SignInInput } from './form.ts'
import { listPublicProviders } from './oidc/providers.ts'
import { closeSession, signOutEverywhere } from './sessions.ts'
import { isSetUp } from './setup.ts'
import { signIn } from './sign-in.ts'
import type { Refusal } from './throttle.ts'
import { views } from './views.ts'

export const START_PAGE = '/tenants'

/** Signing in and out. */
export function signInRoutes(app: FastifyInstance, db: Db) {
  const show = (reply: FastifyReply, form: Form) => showSignIn(db, reply, form)

  app.get('/', { config: { permission: 'public' } }, (_request, reply) =>
    reply.redirect(START_PAGE, 303),
  )

  app.get<{ Querystring: { next?: unknown } }>(
    '/sign-in',
    { config: { permission: 'public' } },
    (request, reply) => {
      const next = localPath(request.query.next) ?? START_PAGE
      if (request.actor) return reply.redirect(next, 303)
      // The frame is another one than that of the page which htmx would put it into.
      reply.header('hx-redirect', request.url)
      return show(reply, freshForm({ next }))
    },
  )

  app.post('/sign-in', { config: { permission: 'public' } }, async (request, reply) => {
    const parsed = parseForm(SignInInput, request.body)
    if (!parsed.ok) return show(reply.code(422), parsed.form)

    const outcome = await signIn(db, parsed.input, visitor(request))
    const form = freshForm(typed(request.body))
    if ('retry_at' in outcome) {
      request.log.warn('sign-in refused for now')
      return show(refuse(reply, outcome, db.now()), withError(form, '', tooMany(outcome, db.now())))
    }
    if ('wrong' in outcome) {
      request.log.warn('sign-in failed')
      return show(reply.code(422), withError(form, '', WRONG))
    }
    const next = localPath(parsed.input.next) ?? START_PAGE
    if ('pending' in outcome)
      return sendStep(request, reply, 'pending', outcome.pending).redirect(
        `/sign-in/second-step?next=${encodeURIComponent(next)}`,
        303,
      )
    request.log.info({ person_id: outcome.person_id }, 'signed in')
    return sendSecrets(request, reply, outcome).redirect(next, 303)
  })

  signOutRoutes(app, db)
}

export const showSignIn = async (db: Db, reply: FastifyReply, form: Form) =>
  reply.page(
    views.signIn({
      form,
      is_set_up: await isSetUp(db),
      providers: await listPublicProviders(db),
    }),
  )

function signOutRoutes(app: FastifyInstance, db: Db) {
  app.post(
    '/sign-out',
    { config: { permission: 'signed_in', without_factor: true }, preHandler: takesNoFields },
    async (request, reply) => {
      await system(db, (tx) => closeSession(tx, sessionSecret(request)!))
      return dropSession(request, reply).redirect('/sign-in', 303)
    },
  )

  app.post(
    '/sign-out-everywhere',
    { config: { permission: 'signed_in', without_factor: true }, preHandler: takesNoFields },
    async (request, reply) => {
      await system(db, (tx) => signOutEverywhere(tx, request.actor.person_id))
      return dropSession(request, reply).redirect('/sign-in', 303)
    },
  )
}

const WRONG = 'This e-mail address and password do not belong together. Check both and try again.'

const secondsUntil = (instant: string, now: string) =>
  Math.ceil(Temporal.Instant.from(now).until(instant).total('seconds'))

/** Answers 429 and says when to come back. */
export const refuse = (reply: FastifyReply, { retry_at }: Refusal, now: string) =>
  reply.code(429).header('retry-after', secondsUntil(retry_at, now))

/** When passwords may be tried again, in words. */
export function tooMany({ retry_at }: Refusal, now: string) {
  const minutes = Math.ceil(secondsUntil(retry_at, now) / 60)
  const wait = minutes === 1 ? 'a minute' : `${minutes} minutes`
  return `Too many tries. Wait ${wait}, then try again.`
}
