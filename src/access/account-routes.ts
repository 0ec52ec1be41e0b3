import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Db } from '../db/connection.ts'
import { operation, system } from '../db/operation.ts'
import { NotFound } from '../errors.ts'
import { type Form, freshForm, parseForm, withError, takesNoFields } from '../web/form.ts'
import { changePassword, hasPassword } from './accounts.ts'
import type { Actor } from './actor.ts'
import { sendSecrets, sessionSecret, visitor } from './cookie.ts'
import { passwordChangeInput } from './form.ts'
import { hashPassword } from './password.ts'
import { PASSWORD_HINT } from './password-rules.ts'
import { endSession, listSessions, signOutEverywhere } from './sessions.ts'
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

  app.post<{ Params: { id: string } }>(
    '/account/sessions/:id/end',
    { config: { permission: 'signed_in' }, preHandler: takesNoFields },
    async ({ actor, params }, reply) => {
      const id = /^\d{1,15}$/.test(params.id) ? Number(params.id) : 0
      const was_open = await system(db, (tx) => endSession(tx, actor.person_id, id))
      if (!was_open) throw new NotFound('such session')
      return reply.done('/account', 'The session was ended.')
    },
  )

  passwordRoutes(app, db)
}

function passwordRoutes(app: FastifyInstance, db: Db) {
  const showPassword = async (reply: FastifyReply, actor: Actor, form: Form, changed = false) => {
    const has_password = await hasPassword(db, actor.person_id)
    const { email } = actor
    const password_hint = PASSWORD_HINT
    return reply.page(views.password({ form, email, changed, password_hint, has_password }))
  }

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
    const { email, person_id } = actor
    const mine = { email, password: current, person_id }
    const checked = await checkPassword(db, mine, visitor(request))
    if ('retry_at' in checked) {
      const form = withError(freshForm(), '', tooMany(checked, db.now()))
      return showPassword(refuse(reply, checked, db.now()), actor, form)
    }
    if ('wrong' in checked) {
      const form = withError(freshForm(), 'current', 'This is not your password.')
      return showPassword(reply.code(422), actor, form)
    }
    const state = request.session_state!
    const password_hash = await hashPassword(password)
    // Whoever got in with the old password is out; this browser goes on with a new session.
    const secrets = await operation(db, actor, 'password.change', async (tx) => {
      await changePassword(tx, person_id, password_hash)
      await signOutEverywhere(tx, person_id)
      return admit(tx, db.now(), person_id, visitor(request), state.two_factors)
    })
    return sendSecrets(request, reply, secrets).redirect('/account/password?changed', 303)
  })
}
