import type { FastifyInstance, FastifyReply } from 'fastify'
import { z } from 'zod'
import type { Db } from '../../db/connection.ts'
import { operation } from '../../db/operation.ts'
import { Conflict, Forbidden, Invalid } from '../../errors.ts'
import { findParent, parentText } from '../../tenants/find-parent.ts'
import { type Form, freshForm, parseForm, typed } from '../../web/form.ts'
import { idText } from '../../web/numbers.ts'
import { readQuery } from '../../web/query.ts'
import type { Actor } from '../actor.ts'
import { listRoles } from '../roles/queries.ts'
import { assignRole } from './commands.ts'
import { AssignmentForm, EVERYTHING_CHOICE } from './form.ts'
import { endOf, lastingOptions } from './lasting.ts'
import { findSubject, subjectText, suggestSubjects } from './subjects.ts'
import { views } from './views.ts'

const NewQuery = z.strictObject({
  tenant: idText('This is not a tenant.').optional(),
  person: idText('This is not a person.').optional(),
  group: idText('This is not a group.').optional(),
})

const SuggestionQuery = z.object({ q: z.string().max(200).default('') })

const granting = { permission: 'access.grant', scope: 'anywhere' } as const

/** Giving and denying access. */
export function grantingRoutes(app: FastifyInstance, db: Db) {
  const config = { ...granting, fresh: true } as const

  app.get('/assignments/subjects', { config: granting }, async ({ actor, query }, reply) => {
    const { q } = readQuery(SuggestionQuery, query)
    return reply.page(views.subjects({ options: await suggestSubjects(db, actor, q) }))
  })

  app.get('/assignments/new', { config }, async ({ actor, query }, reply) => {
    const { tenant, person, group } = readQuery(NewQuery, query)
    const subject = person ? { person_id: person } : group ? { group_id: group } : null
    const form = freshForm({
      who: subject ? await subjectText(db, actor, subject) : '',
      tenant: tenant ? await parentText(db, actor, tenant) : '',
      role: '',
      effect: 'allow',
      lasts: 'three_days',
    })
    return show(db, actor, reply, form)
  })

  app.post('/assignments', { config }, async ({ actor, body }, reply) => {
    const parsed = parseForm(AssignmentForm, body)
    if (!parsed.ok) return show(db, actor, reply.code(422), parsed.form)
    const refuse = (errors: Form['errors']) =>
      show(db, actor, reply.code(422), { values: typed(body), errors })
    try {
      const { tenant_id, wanted, errors } = await readAssignment(db, actor, parsed.input)
      if (errors) return await refuse(errors)
      const facts = { kind: wanted.effect === 'deny' ? 'access.deny' : 'access.grant' }
      await operation(db, actor, { ...facts, reason: wanted.reason || null }, (tx) =>
        assignRole(tx, actor, wanted),
      )
      const done = wanted.effect === 'deny' ? 'It is denied.' : 'It is given.'
      return reply.done(`/tenants/${tenant_id}/access`, done)
    } catch (error) {
      return refuse(errorsOf(error))
    }
  })
}

/** What the form means: the tenant and the person that were typed, and the end. */
async function readAssignment(db: Db, actor: Actor, input: z.infer<typeof AssignmentForm>) {
  const { who, tenant, role, effect, reason } = input
  const { id: tenant_id } = await findParent(db, actor, tenant)
  const subject = await findSubject(db, actor, who)
  const end = endOf(input, db.now())
  if ('errors' in end) return { tenant_id, errors: end.errors }
  const wanted = { tenant_id, subject, role_id: role, effect, reason, ...end }
  return { tenant_id, wanted }
}

/** At which field of the form a refusal belongs. Other errors are thrown again. */
function errorsOf(error: unknown): Form['errors'] {
  if (error instanceof Forbidden || error instanceof Conflict) return { '': error.message }
  if (!(error instanceof Invalid)) throw error
  const { parent, expires_at, ...others } = error.fields
  return { ...others, ...(parent && { tenant: parent }), ...(expires_at && { until: expires_at }) }
}

async function show(db: Db, actor: Actor, reply: FastifyReply, form: Form) {
  const roles = await listRoles(db, actor)
  return reply.page(
    views.edit({
      form,
      roles: [
        { value: '', label: 'Choose a role' },
        ...roles.map(({ id, name }) => ({ value: String(id), label: name })),
        { value: EVERYTHING_CHOICE, label: 'Everything (only to deny)' },
      ],
      lasting: lastingOptions,
    }),
  )
}
