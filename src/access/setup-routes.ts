import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Db } from '../db/connection.ts'
import { system } from '../db/operation.ts'
import { NotFound } from '../errors.ts'
import { freshForm, parseForm } from '../web/form.ts'
import { sendSecrets, visitor } from './cookie.ts'
import { SetupInput } from './form.ts'
import { PASSWORD_HINT } from './password-rules.ts'
import { type SetupLink, isSetUp, setUp } from './setup.ts'
import { admit } from './sign-in.ts'
import { views } from './views.ts'

type SetupRequest = FastifyRequest<{ Params: { secret: string } }>

/**
 * The page behind the set-up link. Registered only in a process that started before any set-up;
 * and from the moment of set-up it answers like an address that does not exist.
 */
export function setupRoutes(app: FastifyInstance, db: Db, link: SetupLink) {
  const options = {
    config: { permission: 'public' },
    onRequest: async (request: SetupRequest, reply: FastifyReply) => {
      if (await isSetUp(db)) return reply.callNotFound()
      if (!link.admits(request.params.secret, db.now()))
        throw new NotFound(
          'set-up under this link: it is wrong, or older than an hour. Restart Tenantry for a new one',
        )
    },
  } as const

  app.get('/setup/:secret', options, (_request, reply) =>
    reply.page(views.setup({ form: freshForm(), action: link.path, password_hint: PASSWORD_HINT })),
  )

  app.post('/setup/:secret', options, async (request, reply) => {
    const parsed = parseForm(SetupInput, request.body)
    if (!parsed.ok) {
      const { form } = parsed
      return reply
        .code(422)
        .page(views.setup({ form, action: link.path, password_hint: PASSWORD_HINT }))
    }
    const person_id = await setUp(db, parsed.input)
    request.log.info({ person_id }, 'set up')
    const secrets = await system(db, (tx) => admit(tx, db.now(), person_id, visitor(request)))
    return sendSecrets(request, reply, secrets).redirect('/tenants', 303)
  })
}
