import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Db } from '../db/connection.ts'
import { system } from '../db/operation.ts'
import { type Form, freshForm, parseForm, withError } from '../web/form.ts'
import { localPath } from '../web/local-path.ts'
import { dropStep, sendSecrets, stepSecret, visitor } from './cookie.ts'
import { CodeInput } from './form.ts'
import { closePending, findPending } from './pending-sign-ins.ts'
import type { Sealer } from './sealing.ts'
import { checkCode } from './second-step.ts'
import { admit } from './sign-in.ts'
import { refuse, START_PAGE, tooMany } from './sign-in-routes.ts'
import { views } from './views.ts'

const PATH = '/sign-in/second-step'

/** The second step of signing in, for who has shown the password in this browser. */
export function secondStepRoutes(app: FastifyInstance, db: Db, sealer: Sealer) {
  const show = (reply: FastifyReply, form: Form) => reply.page(views.secondStep({ form }))
  const findSecret = async (request: FastifyRequest) => {
    const secret = stepSecret(request, 'pending')
    const pending = secret ? await findPending(db, secret) : undefined
    return secret && pending ? { secret, ...pending } : undefined
  }

  app.get<{ Querystring: { next?: unknown } }>(
    PATH,
    { config: { permission: 'public' } },
    async (request, reply) => {
      if (!(await findSecret(request))) return reply.redirect('/sign-in', 303)
      reply.header('hx-redirect', request.url)
      return show(reply, freshForm({ next: localPath(request.query.next) ?? START_PAGE }))
    },
  )

  app.post(PATH, { config: { permission: 'public' } }, async (request, reply) => {
    const pending = await findSecret(request)
    if (!pending) return reply.redirect('/sign-in', 303)
    const parsed = parseForm(CodeInput, request.body)
    if (!parsed.ok) return show(reply.code(422), parsed.form)

    const { person_id, email, secret } = pending
    const { code, next } = parsed.input
    const checked = await checkCode(db, sealer, { person_id, email, code }, visitor(request))
    const form = freshForm({ next: localPath(next) ?? START_PAGE })
    if ('retry_at' in checked) {
      request.log.warn({ person_id }, 'second step refused for now')
      const told = withError(form, 'code', tooMany(checked, db.now()))
      return show(refuse(reply, checked, db.now()), told)
    }
    if (!checked.right) {
      request.log.warn({ person_id }, 'second step failed')
      return show(reply.code(422), withError(form, 'code', WRONG))
    }
    const secrets = await system(db, async (tx) => {
      const was_open = await closePending(tx, secret)
      return was_open ? admit(tx, db.now(), person_id, visitor(request), true) : undefined
    })
    if (!secrets) return reply.redirect('/sign-in', 303)
    request.log.info({ person_id }, 'signed in')
    return sendSecrets(request, dropStep(request, reply, 'pending'), secrets).redirect(
      localPath(next) ?? START_PAGE,
      303,
    )
  })
}

export const WRONG =
  'This code is not right, or was used before. Wait for the next one, and check the clock of your device.'
