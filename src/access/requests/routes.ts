import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Db } from '../../db/connection.ts'
import { operation } from '../../db/operation.ts'
import { Conflict, Forbidden, Invalid, NotFound } from '../../errors.ts'
import type { Mailer } from '../../mail/mailer.ts'
import { type Form, freshForm, parseForm, typed } from '../../web/form.ts'
import { readId } from '../../web/numbers.ts'
import type { Actor } from '../actor.ts'
import { endOf, lastingOptions } from '../assignments/lasting.ts'
import { listRoles } from '../roles/queries.ts'
import { askForAccess, denyRequest, grantRequest } from './commands.ts'
import { AskForm, DenialForm, GrantForm } from './form.ts'
import { askedMail, deniedMail, grantedMail, tellByMail } from './mails.ts'
import { getAnswerable, listAnswerable, listOwnRequests } from './queries.ts'
import { views } from './views.ts'

const asking = { permission: 'signed_in' } as const
const answering = { permission: 'access.grant', scope: 'anywhere', fresh: true } as const

/** Asking for access to a tenant that one knows of, and answering that. */
export function accessRequestRoutes(app: FastifyInstance, db: Db, mailer: Mailer) {
  const show = async (actor: Actor, reply: FastifyReply, form: Form) => {
    const [own, waiting] = await Promise.all([
      listOwnRequests(db, actor),
      listAnswerable(db, actor),
    ])
    return reply.page(views.list({ form, own, waiting }))
  }

  app.get('/access-requests', { config: asking }, ({ actor }, reply) =>
    show(actor, reply, freshForm()),
  )

  app.post('/access-requests', { config: asking }, async ({ actor, body }, reply) => {
    const parsed = parseForm(AskForm, body)
    if (!parsed.ok) return show(actor, reply.code(422), parsed.form)
    const { asked_for, message } = parsed.input
    try {
      const told = await operation(db, actor, 'access.ask', (tx) =>
        askForAccess(tx, actor, parsed.input),
      )
      tellByMail(mailer, told, askedMail(actor.name, asked_for, message))
    } catch (error) {
      return show(actor, reply.code(422), refusedForm(body, error))
    }
    const asked = 'If there is such a tenant, those who may grant access to it have been told.'
    return reply.done('/access-requests', asked)
  })
  answeringRoutes(app, db, mailer)
}

type Params = { id: string }

function answeringRoutes(app: FastifyInstance, db: Db, mailer: Mailer) {
  app.get<{ Params: Params }>(
    '/access-requests/:id',
    { config: answering },
    async ({ actor, params }, reply) => showAnswer(db, actor, reply, params, {}),
  )

  app.post<{ Params: Params }>(
    '/access-requests/:id/grant',
    { config: answering },
    async ({ actor, params, body }, reply) => {
      const { id, asked_for, name } = await readRequest(db, actor, params)
      const refuse = (form: Form) => showAnswer(db, actor, reply.code(422), params, { form })
      const parsed = parseForm(GrantForm, body)
      if (!parsed.ok) return refuse(parsed.form)
      const end = endOf(parsed.input, db.now())
      if ('errors' in end) return refuse({ values: typed(body), errors: end.errors })
      try {
        const wanted = { role_id: parsed.input.role, ...end }
        const told = await operation(db, actor, 'access.answer', (tx) =>
          grantRequest(tx, actor, id, wanted),
        )
        tellByMail(mailer, told, grantedMail(asked_for))
      } catch (error) {
        return refuse(refusedForm(body, error))
      }
      return reply.done('/access-requests', `${name} has access now.`)
    },
  )

  app.post<{ Params: Params }>(
    '/access-requests/:id/denial',
    { config: answering },
    async ({ actor, params, body }, reply) => {
      const { id, asked_for, name } = await readRequest(db, actor, params)
      const parsed = parseForm(DenialForm, body)
      if (!parsed.ok) return showAnswer(db, actor, reply.code(422), params, { denial: parsed.form })
      const { reason } = parsed.input
      const told = await operation(db, actor, { kind: 'access.answer', reason }, (tx) =>
        denyRequest(tx, actor, id, reason),
      )
      tellByMail(mailer, told, deniedMail(asked_for, reason))
      return reply.done('/access-requests', `${name} is told that it is denied.`)
    },
  )
}

async function readRequest(db: Db, actor: Actor, params: Params) {
  const id = readId(params.id)
  if (id === undefined) throw new NotFound('such request')
  return getAnswerable(db, actor, id)
}

async function showAnswer(
  db: Db,
  actor: FastifyRequest['actor'],
  reply: FastifyReply,
  params: Params,
  {
    form = freshForm({ lasts: 'three_days' }),
    denial = freshForm(),
  }: { form?: Form; denial?: Form },
) {
  const request = await readRequest(db, actor, params)
  const roles = await listRoles(db, actor)
  return reply.page(
    views.answer({
      request,
      form,
      denial,
      roles: [
        { value: '', label: 'Choose a role' },
        ...roles.map(({ id, name }) => ({ value: String(id), label: name })).toReversed(),
      ],
      lasting: lastingOptions,
    }),
  )
}

/** The form with why it was refused. Other errors are thrown again. */
function refusedForm(body: unknown, error: unknown): Form {
  if (error instanceof Invalid) {
    const { expires_at, ...others } = error.fields
    return { values: typed(body), errors: { ...others, ...(expires_at && { until: expires_at }) } }
  }
  if (error instanceof Forbidden || error instanceof Conflict)
    return { values: typed(body), errors: { '': error.message } }
  throw error
}
