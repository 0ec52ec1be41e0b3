import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Db } from '../../db/connection.ts'
import { operation } from '../../db/operation.ts'
import { Conflict, Forbidden, Invalid, NotFound } from '../../errors.ts'
import { type Form, freshForm, parseForm, typed, takesNoFields } from '../../web/form.ts'
import { idText, readId } from '../../web/numbers.ts'
import { readQuery } from '../../web/query.ts'
import { createRole, deleteRole, updateRole } from './commands.ts'
import { formOf, roleEditor, editorSavedOver, sentPermissions } from './editor.ts'
import { BuiltinRoleForm, NewRoleForm, RoleForm } from './form.ts'
import { getRole, listRoles } from './queries.ts'
import { views } from './views.ts'

const NewQuery = z.strictObject({ from: idText().optional() })

const reading = { permission: 'role.manage', scope: 'all_tenants' } as const
const config = { ...reading, fresh: true } as const

type Params = { id: string }

/** The pages of roles. */
export function roleRoutes(app: FastifyInstance, db: Db) {
  app.get('/roles', { config: reading }, async ({ actor }, reply) =>
    reply.page(views.list({ roles: await listRoles(db, actor) })),
  )
  creatingRoutes(app, db)
  editingRoutes(app, db)
}

function creatingRoutes(app: FastifyInstance, db: Db) {
  app.get('/roles/new', { config }, async ({ actor, query }, reply) => {
    const { from } = readQuery(NewQuery, query)
    if (from === undefined)
      return showNew(db, actor, reply, { form: freshForm(), chosen: new Set() })
    const copied = formOf(await getRole(db, actor, from))
    const { version: _, name, ...values } = copied.form.values
    const form = freshForm({ ...values, name: `${name} (copy)` })
    return showNew(db, actor, reply, { form, chosen: copied.chosen })
  })

  app.post('/roles', { config }, async ({ actor, body }, reply) => {
    const chosen = sentPermissions(body)
    const parsed = parseForm(NewRoleForm, body)
    if (!parsed.ok) return showNew(db, actor, reply.code(422), { form: parsed.form, chosen })
    const { input } = parsed
    try {
      const id = await operation(db, actor, 'role.create', (tx) => createRole(tx, actor, input))
      return reply.done(`/roles/${id}`, `Created the role ${input.name}.`)
    } catch (error) {
      return showNew(db, actor, reply.code(422), { form: refusedForm(body, error), chosen })
    }
  })
}

const showNew = async (
  db: Db,
  actor: FastifyRequest['actor'],
  reply: FastifyReply,
  shown: { form: Form; chosen: ReadonlySet<string> },
) => reply.page(views.edit(await roleEditor(db, actor, null, shown)))

function editingRoutes(app: FastifyInstance, db: Db) {
  app.get<{ Params: Params }>('/roles/:id', { config }, async ({ actor, params }, reply) => {
    const role = await getRole(db, actor, readRoleId(params.id))
    return reply.page(views.edit(await roleEditor(db, actor, role, formOf(role))))
  })

  app.post<{ Params: Params }>('/roles/:id', { config }, async ({ actor, params, body }, reply) => {
    const role = await getRole(db, actor, readRoleId(params.id))
    const chosen = role.is_builtin ? role.permissions : sentPermissions(body)
    const show = async (form: Form) =>
      reply.code(422).page(views.edit(await roleEditor(db, actor, role, { form, chosen })))
    const parsed = parseForm(role.is_builtin ? BuiltinRoleForm : RoleForm, body)
    if (!parsed.ok) return show(parsed.form)
    const { version, ...input } = parsed.input
    if (version === undefined) return show(freshErrors(body, 'Open the role anew, and try again.'))
    try {
      await operation(db, actor, 'role.update', (tx) =>
        updateRole(tx, actor, role.id, input, version),
      )
    } catch (error) {
      if (error instanceof Conflict && version !== role.version) {
        const form = freshForm({ name: role.name, description: role.description, ...typed(body) })
        return reply
          .code(422)
          .page(views.edit(await editorSavedOver(db, actor, role.id, { form, chosen })))
      }
      return show(refusedForm(body, error))
    }
    return reply.done(`/roles/${role.id}`, 'The role is changed.')
  })

  app.post<{ Params: Params }>(
    '/roles/:id/deletion',
    { config, preHandler: takesNoFields },
    async ({ actor, params }, reply) => {
      const role = await getRole(db, actor, readRoleId(params.id))
      await operation(db, actor, 'role.delete', (tx) => deleteRole(tx, actor, role.id))
      return reply.done('/roles', `Deleted the role ${role.name}.`)
    },
  )
}

function readRoleId(text: string) {
  const id = readId(text)
  if (id === undefined) throw new NotFound('such role')
  return id
}

const freshErrors = (body: unknown, message: string): Form => ({
  values: typed(body),
  errors: { '': message },
})

/** The form with why it was refused. Other errors are thrown again. */
function refusedForm(body: unknown, error: unknown): Form {
  if (error instanceof Invalid) return { values: typed(body), errors: error.fields }
  if (error instanceof Forbidden || error instanceof Conflict)
    return freshErrors(body, error.message)
  throw error
}
