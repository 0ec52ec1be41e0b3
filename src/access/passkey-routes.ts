import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Db } from '../db/connection.ts'
import { operation } from '../db/operation.ts'
import { NotFound } from '../errors.ts'
import { type Form, freshForm, parseForm, withError, takesNoFields } from '../web/form.ts'
import { sessionSecret } from './cookie.ts'
import { NewPasskeyInput } from './form.ts'
import { checkRegistration, registrationOptions } from './passkey-ceremonies.ts'
import { addPasskey, removePasskey } from './passkeys.ts'
import { endWeakerSessions } from './sessions.ts'
import { siteOf } from './passkey-sign-in-routes.ts'
import { views } from './views.ts'

const config = { permission: 'signed_in', fresh: true, without_factor: true } as const

/** One's own passkeys: to add one, and to take one away. */
export function passkeyRoutes(app: FastifyInstance, db: Db, url: string | undefined) {
  const show = (reply: FastifyReply, form: Form) => reply.page(views.newPasskey({ form }))
  const around = (request: FastifyRequest) => ({
    site: siteOf(request, url),
    ceremony: { purpose: 'register', holder: sessionSecret(request)! } as const,
    address: request.ip,
  })

  app.get('/account/passkeys/new', { config }, (_request, reply) => show(reply, freshForm()))

  app.post('/account/passkeys/challenge', { config, preHandler: takesNoFields }, (request) =>
    registrationOptions(db, around(request), request.actor),
  )

  app.post('/account/passkeys', { config }, async (request, reply) => {
    const { actor, body } = request
    const parsed = parseForm(NewPasskeyInput, body)
    if (!parsed.ok) return show(reply.code(422), forgetCredential(parsed.form))
    const { name, credential } = parsed.input
    const passkey = await checkRegistration(db, around(request), credential)
    if (!passkey) return show(reply.code(422), withError(freshForm({ name }), '', WRONG))
    const ended = await operation(db, actor, 'passkey.add', async (tx) => {
      await addPasskey(tx, actor.person_id, { ...passkey, name })
      return endWeakerSessions(tx, actor.person_id, sessionSecret(request)!)
    })
    const done = `The passkey was added.${ended > 0 ? OTHERS_ENDED : ''}`
    return reply.done('/account/security#passkeys', done)
  })

  app.post<{ Params: { id: string } }>(
    '/account/passkeys/:id/removal',
    { config, preHandler: takesNoFields },
    async ({ actor, params }, reply) => {
      if (!/^\d{1,15}$/.test(params.id)) throw new NotFound('such passkey')
      await operation(db, actor, 'passkey.remove', (tx) =>
        removePasskey(tx, actor.person_id, Number(params.id)),
      )
      return reply.done('/account/security#passkeys', 'The passkey was removed.')
    },
  )
}

/** What an authenticator signed is good for one time; and it is nothing that a person typed. */
function forgetCredential({ values: { credential: _, ...values }, errors }: Form): Form {
  const { credential, ...others } = errors
  return { values, errors: credential ? { '': credential, ...others } : others }
}

const OTHERS_ENDED = ' You were signed out wherever a password alone had signed you in.'

const WRONG = 'Your device did not make a passkey that can be used here. Try again.'
