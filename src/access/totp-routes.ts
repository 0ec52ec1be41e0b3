import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Db } from '../db/connection.ts'
import { operation, system } from '../db/operation.ts'
import { Conflict, Invalid, NotFound } from '../errors.ts'
import { type Form, freshForm, parseForm, withError, takesNoFields } from '../web/form.ts'
import type { Actor } from './actor.ts'
import { sessionSecret, visitor } from './cookie.ts'
import { noteFactors } from './factors.ts'
import { ConfirmInput } from './form.ts'
import { drawQrCode } from './qr.ts'
import { makeRecoveryCodes } from './recovery-codes.ts'
import type { Sealer } from './sealing.ts'
import { WRONG } from './second-step-routes.ts'
import { showSecurity } from './security-routes.ts'
import { endWeakerSessions } from './sessions.ts'
import { counters } from './sign-in.ts'
import { refuse, tooMany } from './sign-in-routes.ts'
import { claimTry, forgetTry } from './throttle.ts'
import { beginTotp, confirmTotp, findUnconfirmedTotp, removeTotp } from './totp.ts'
import { views } from './views.ts'

const config = { permission: 'signed_in', fresh: true, without_factor: true } as const

/** One's own authenticator app, and the recovery codes for when it is lost. */
export function totpRoutes(app: FastifyInstance, db: Db, sealer: Sealer) {
  const show = async (reply: FastifyReply, actor: Actor, form: Form) => {
    const waiting = await findUnconfirmedTotp(db, sealer, actor)
    if (!waiting) return reply.redirect('/account/security', 303)
    const key = waiting.secret.replace(/(.{4})(?=.)/g, '$1 ')
    return reply.page(views.totp({ form, key, qr: drawQrCode(waiting.uri) }))
  }

  app.get('/account/totp', { config }, ({ actor }, reply) => show(reply, actor, freshForm()))

  app.post('/account/totp', { config, preHandler: takesNoFields }, async ({ actor }, reply) => {
    const begun = await system(db, (tx) => beginTotp(tx, db.now(), sealer, actor.person_id))
    if (!begun) throw new Conflict('You have an authenticator app already. Remove that one first.')
    return reply.redirect('/account/totp', 303)
  })

  app.post('/account/totp/confirmation', { config }, async (request, reply) => {
    const { actor } = request
    const parsed = parseForm(ConfirmInput, request.body)
    if (!parsed.ok) return show(reply.code(422), actor, parsed.form)
    const { person_id } = actor
    const { address } = await counters(db, actor, visitor(request))
    const attempt = await claimTry(db, { account_key: `new code ${person_id}`, address })
    if ('retry_at' in attempt) {
      const form = withError(freshForm(), 'code', tooMany(attempt, db.now()))
      return show(refuse(reply, attempt, db.now()), actor, form)
    }
    const code = parsed.input.code.replace(/\s/g, '')
    const codes = await operation(db, actor, 'totp.set_up', async (tx) => {
      if (!(await confirmTotp(tx, db.now(), sealer, { person_id, code })))
        throw new Invalid({ code: WRONG })
      await forgetTry(tx, attempt)
      await noteFactors(tx, person_id)
      await endWeakerSessions(tx, person_id, sessionSecret(request)!)
      return makeRecoveryCodes(tx, person_id)
    }).catch(ifInvalid)
    if ('fields' in codes) return show(reply.code(422), actor, { values: {}, errors: codes.fields })
    return showSecurity(db, reply.code(201), actor, codes)
  })

  app.post(
    '/account/totp/removal',
    { config, preHandler: takesNoFields },
    async ({ actor }, reply) => {
      await operation(db, actor, 'totp.remove', async (tx) => {
        if (!(await removeTotp(tx, actor.person_id)))
          throw new NotFound('authenticator app of yours')
        await noteFactors(tx, actor.person_id)
      })
      return reply.done('/account/security#totp', 'The authenticator app was removed.')
    },
  )
}

function ifInvalid(error: unknown) {
  if (error instanceof Invalid) return error
  throw error
}
