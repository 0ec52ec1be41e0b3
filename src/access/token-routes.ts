import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Db } from '../db/connection.ts'
import { operation } from '../db/operation.ts'
import { NotFound } from '../errors.ts'
import { type Form, freshForm, parseForm } from '../web/form.ts'
import type { Actor } from './actor.ts'
import { TokenInput } from './form.ts'
import { createToken, listTokens, revokeToken } from './tokens.ts'
import { views } from './views.ts'

/** One's own API tokens. */
export function tokenRoutes(app: FastifyInstance, db: Db) {
  const show = async (
    reply: FastifyReply,
    actor: Actor,
    form: Form,
    secret: string | null = null,
  ) => reply.page(views.tokens({ form, tokens: await listTokens(db, actor), secret }))
  const fresh = () => freshForm({ days: '90' })

  app.get('/account/tokens', { config: { permission: 'signed_in' } }, ({ actor }, reply) =>
    show(reply, actor, fresh()),
  )

  // The answer is the page itself, because the secret is kept nowhere from which a page that one
  // is sent on to could show it.
  app.post(
    '/account/tokens',
    { config: { permission: 'signed_in' } },
    async ({ actor, body }, reply) => {
      const parsed = parseForm(TokenInput, body)
      if (!parsed.ok) return show(reply.code(422), actor, parsed.form)
      const { name, days } = parsed.input
      const secret = await operation(db, actor, 'token.create', (tx) =>
        createToken(tx, actor, name, days),
      )
      return show(reply.code(201), actor, fresh(), secret)
    },
  )

  app.post<{ Params: { id: string } }>(
    '/account/tokens/:id/revocations',
    { config: { permission: 'signed_in' } },
    async ({ actor, params }, reply) => {
      if (!/^\d{1,15}$/.test(params.id)) throw new NotFound('such token')
      await operation(db, actor, 'token.revoke', (tx) =>
        revokeToken(tx, actor.person_id, Number(params.id)),
      )
      return reply.done('/account/tokens', 'The token was revoked.')
    },
  )
}
