import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Db } from '../db/connection.ts'
import { operation } from '../db/operation.ts'
import { type Form, freshForm, parseForm, withError } from '../web/form.ts'
import { changePassword } from './accounts.ts'
import type { Actor } from './actor.ts'
import { sendSecrets, sessionSecret, visitor } from './cookie.ts'
import { passwordChangeInput } from './form.ts'
import { hashPassword } from './password.ts'
import { PASSWORD_HINT } from './password-rules.ts'
import { listSessions, signOutEverywhere } from './sessions.ts'
import { refuse, tooMany } from './sign-in-routes.ts'
import { admit, checkPassword } from './sign-in.ts'
import { views } from './views.ts'

/** The pages about oneself: sessions and password. */
export function accountRoutes(app: FastifyInstance, db: Db) {
  app.get('/account', { config: { permission: 'signed_in' } }, async (request, reply) => {
    const { actor } = request
    const sessions = await listSessions(db, actor, sessionSecret(request)!)
    return reply.page(views.account({ profile: actor, sessions }))
  })

  const showPassword = (reply: FastifyReply, { email }: Actor, form: Form, changed = false) =>
    reply.page(views.password({ form, email, changed, password_hint: PASSWORD_HINT }))

  app.get<{ Querystring: { changed?: unknown } }>(
    '/account/password',
    { config: { permission: 'signed_in' } },
    ({ actor, query }, reply) =>
      showPassword(reply, actor, freshForm(), query.changed !== undefined),
  )

  app.post('/account/password', { config: { permission: 'signed_in' } }, async (request, reply) => {
    const { actor } = request
    const about = [actor.name, actor.email, actor.tenant_name]
    const parsed = parseForm(passwordChangeInput(about), request.body)
    if (!parsed.ok) return showPassword(reply.code(422), actor, parsed.form)

    const { current, password } = parsed.input
    const checked = await checkPassword(
      db,
      { email: actor.email, password: current },
      visitor(request),
    )
    if ('retry_at' in checked) {
      const form = withError(freshForm(), '', tooMany(checked, db.now()))
      return showPassword(refuse(reply, checked, db.now()), actor, form)
    }
    if ('wrong' in checked) {
      const form = withError(freshForm(), 'current', 'This is not your password.')
      return showPassword(reply.code(422), actor, form)
    }
    const password_hash = await hashPassword(password)
    // Whoever got in with the old password is out; this browser goes on with a new session.
    const secrets = await operation(db, actor, 'password.change', async (tx) => {
      await changePassword(tx, actor.person_id, password_hash)
      await signOutEverywhere(tx, actor.person_id)
      return admit(tx, db.now(), actor.person_id, visitor(request))
    })
    return sendSecrets(request, reply, secrets).redirect('/account/password?changed', 303)
  })
}
