import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Db } from '../db/connection.ts'
import { operation } from '../db/operation.ts'
import { NotFound } from '../errors.ts'
import { type Form, freshForm, parseForm, takesNoFields } from '../web/form.ts'
import type { Actor } from './actor.ts'
import { permitsSomewhere } from './decide.ts'
import { tokenInput } from './form.ts'
import { permissions, permissionWords } from './permissions.ts'
import { createToken, listTokens, revokeToken } from './tokens.ts'
import { views } from './views.ts'

/** One's own API tokens. */
export function tokenRoutes(app: FastifyInstance, db: Db) {
  const showForm = (reply: FastifyReply, actor: Actor, form: Form) =>
    reply.page(views.newToken({ form, permissions: ownPermissions(actor), words: permissionWords }))
  const showList = async (reply: FastifyReply, actor: Actor, secret: string | null) =>
    reply.page(views.tokens({ tokens: await listTokens(db, actor), secret }))

  app.get('/account/tokens', { config: { permission: 'signed_in' } }, ({ actor }, reply) =>
    showList(reply, actor, null),
  )

  app.get(
    '/account/tokens/new',
    { config: { permission: 'signed_in', fresh: true } },
    ({ actor }, reply) => showForm(reply, actor, freshForm({ days: '90', scope: 'all' })),
  )

  // The answer is the page itself, because the secret is kept nowhere from which a page that one
  // is sent on to could show it.
  app.post(
    '/account/tokens',
    { config: { permission: 'signed_in', fresh: true } },
    async ({ actor, body }, reply) => {
      const parsed = parseForm(tokenInput(ownPermissions(actor)), body)
      if (!parsed.ok) return showForm(reply.code(422), actor, parsed.form)
      const { name, days, limit } = parsed.input
      const secret = await operation(db, actor, 'token.create', (tx) =>
        createToken(tx, actor, name, days, limit),
      )
      return showList(reply.code(201), actor, secret)
    },
  )

  app.post<{ Params: { id: string } }>(
    '/account/tokens/:id/revocations',
    { config: { permission: 'signed_in' }, preHandler: takesNoFields },
    async ({ actor, params }, reply) => {
      if (!/^\d{1,15}$/.test(params.id)) throw new NotFound('such token')
      await operation(db, actor, 'token.revoke', (tx) =>
        revokeToken(tx, actor.person_id, Number(params.id)),
      )
      return reply.done('/account/tokens', 'The token was revoked.')
    },
  )
}

/** What the actor may do anywhere at this moment. */
const ownPermissions = ({ access }: Actor) =>
  permissions.filter((permission) => permitsSomewhere(access, permission))
