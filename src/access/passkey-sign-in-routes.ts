import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Db } from '../db/connection.ts'
import { system } from '../db/operation.ts'
import { freshForm, parseForm, typed, withError, takesNoFields } from '../web/form.ts'
import { localPath } from '../web/local-path.ts'
import { dropStep, sendSecrets, sendStep, stepSecret, visitor } from './cookie.ts'
import { PasskeyInput } from './form.ts'
import { authenticationOptions, checkAuthentication, type Site } from './passkey-ceremonies.ts'
import { newSecret } from './secrets.ts'
import { admit } from './sign-in.ts'
import { showSignIn, START_PAGE } from './sign-in-routes.ts'

const PURPOSE = 'sign_in'

/**
 * Signing in with a passkey: the browser asks for a challenge, which is for this browser alone, and
 * sends what the authenticator signed. That proves possession and the person, so it is two factors.
 */
export function passkeySignInRoutes(app: FastifyInstance, db: Db, url: string | undefined) {
  app.post(
    '/sign-in/passkey/challenge',
    { config: { permission: 'public' }, preHandler: takesNoFields },
    async (request, reply) => {
      const holder = newSecret()
      const ceremony = { purpose: PURPOSE, holder } as const
      const site = siteOf(request, url)
      const options = await authenticationOptions(db, { site, ceremony, address: request.ip })
      return sendStep(request, reply, 'ceremony', holder).send(options)
    },
  )

  app.post('/sign-in/passkey', { config: { permission: 'public' } }, async (request, reply) => {
    const next = localPath(typed(request.body).next) ?? START_PAGE
    const refused = async (message: string) =>
      showSignIn(db, reply.code(422), withError(freshForm({ next }), '', message))
    const parsed = parseForm(PasskeyInput, request.body)
    if (!parsed.ok) return refused(Object.values(parsed.form.errors)[0]!)

    const holder = stepSecret(request, 'ceremony') ?? ''
    const ceremony = { purpose: PURPOSE, holder } as const
    const site = siteOf(request, url)
    const owner = await checkAuthentication(db, { site, ceremony }, parsed.input.credential)
    if (!owner) {
      request.log.warn('sign-in with a passkey failed')
      return refused(WRONG)
    }
    const { person_id } = owner
    const secrets = await system(db, (tx) => admit(tx, db.now(), person_id, visitor(request), true))
    request.log.info({ person_id }, 'signed in with a passkey')
    dropStep(request, reply, 'ceremony')
    dropStep(request, reply, 'pending')
    return sendSecrets(request, reply, secrets).redirect(next, 303)
  })
}

/** Where passkeys are good: at the configured address, or else at the one that was asked. */
export function siteOf(request: FastifyRequest, url: string | undefined): Site {
  const { hostname, origin } = new URL(url ?? `${request.protocol}://${request.host}`)
  return { rp_id: hostname, origin }
}

const WRONG = 'This passkey is not known here, or took too long. Try again, or use your password.'
