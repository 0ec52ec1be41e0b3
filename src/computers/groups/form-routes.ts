import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Actor } from '../../access/actor.ts'
import type { Db } from '../../db/connection.ts'
import { operation } from '../../db/operation.ts'
import { tagChoices } from '../../tags/queries.ts'
import {
  type Form,
  freshForm,
  parseForm,
  takesNoFields,
  typed,
  withRefusal,
} from '../../web/form.ts'
import { idText, readId } from '../../web/numbers.ts'
import type { SavedOver } from '../../web/saved-over.ts'
import { createGroup, deleteGroup, differs, updateGroup } from './commands.ts'
import {
  conflictOf,
  findFilterTenant,
  findTenant,
  formFromList,
  formOf,
  formOfCopy,
} from './editing.ts'
import { EditGroupForm, NewGroupForm, inputOf } from './form.ts'
import { getGroupHead, readGroupId } from './head.ts'
import { usesOf } from './uses.ts'
import { views } from './views.ts'

type Id = { Params: { id: string } }

const From = z.object({ from: idText().optional().catch(undefined) })

const config = { permission: 'computer_group.manage', scope: 'anywhere' } as const

/** The pages that make a group of computers, change it, and delete it. */
export function computerGroupFormRoutes(app: FastifyInstance, db: Db) {
  makeGroups(app, db)
  editGroups(app, db)
  deleteGroups(app, db)
}

const tagsFor = (db: Db, actor: Actor, { values }: Form) =>
  tagChoices(db, actor, 'computer.view', readId(values['tag'] ?? '') ?? null)

function makeGroups(app: FastifyInstance, db: Db) {
  const page = async (actor: Actor, form: Form) =>
    views.newGroup(form, await tagsFor(db, actor, form))

  app.get('/computers/groups/new', { config }, async ({ actor, query }, reply) => {
    const { from } = From.parse(query)
    const form = from ? await formOfCopy(db, actor, from) : await formFromList(db, actor, query)
    return reply.page(await page(actor, form))
  })

  app.post('/computers/groups', { config }, async ({ actor, body }, reply) => {
    const parsed = parseForm(NewGroupForm, body)
    if (!parsed.ok) return reply.code(422).page(await page(actor, parsed.form))
    try {
      const { tenant, filter_tenant, ...fields } = parsed.input
      const owner = await findTenant(db, actor, tenant, 'tenant')
      const named = await findFilterTenant(db, actor, filter_tenant)
      const input = inputOf({ ...fields, filter_tenant }, named)
      const id = await operation(db, actor, 'computer_group.create', (tx) =>
        createGroup(tx, actor, owner, input),
      )
      return reply.done(`/computers/groups/${id}`, `The group “${input.name}” was created.`)
    } catch (error) {
      const form = withRefusal(freshForm(typed(body)), error)
      return reply.code(422).page(await page(actor, form))
    }
  })
}

function editGroups(app: FastifyInstance, db: Db) {
  app.get<Id>('/computers/groups/:id/edit', { config }, async ({ actor, params }, reply) => {
    const id = readGroupId(params.id)
    const head = await getGroupHead(db, actor, id, 'edit', 'computer_group.manage')
    const form = await formOf(db, actor, head.group)
    return reply.page(views.edit(head, form, await tagsFor(db, actor, form)))
  })

  app.post<Id>('/computers/groups/:id/edit', { config }, async ({ actor, params, body }, reply) => {
    const id = readGroupId(params.id)
    const head = await getGroupHead(db, actor, id, 'edit', 'computer_group.manage')
    const again = async (status: number, form: Form, saved_over: SavedOver | null = null) =>
      reply.code(status).page(views.edit(head, form, await tagsFor(db, actor, form), saved_over))
    const parsed = parseForm(EditGroupForm, body)
    if (!parsed.ok) return again(422, parsed.form)
    const form = freshForm(typed(body))
    try {
      const { version, ...fields } = parsed.input
      const input = inputOf(fields, await findFilterTenant(db, actor, fields.filter_tenant))
      if (differs(head.group, input))
        await operation(db, actor, 'computer_group.update', (tx) =>
          updateGroup(tx, actor, id, input, version),
        )
      return reply.done(`/computers/groups/${id}`, `The group “${input.name}” was updated.`)
    } catch (error) {
      const conflict = await conflictOf(db, actor, id, form, error)
      if (conflict) return again(409, conflict.form, conflict.saved_over)
      return again(422, withRefusal(form, error))
    }
  })
}

function deleteGroups(app: FastifyInstance, db: Db) {
  app.get<Id>('/computers/groups/:id/deletion', { config }, async ({ actor, params }, reply) => {
    const id = readGroupId(params.id)
    const head = await getGroupHead(db, actor, id, '', 'computer_group.manage')
    const uses = await usesOf(db, actor, id)
    return reply.page(views.deletion({ head, form: freshForm(), uses }))
  })

  app.post<Id>(
    '/computers/groups/:id/deletion',
    { config, preHandler: takesNoFields },
    async ({ actor, params }, reply) => {
      const id = readGroupId(params.id)
      const head = await getGroupHead(db, actor, id, '', 'computer_group.manage')
      try {
        await operation(db, actor, 'computer_group.delete', (tx) => deleteGroup(tx, actor, id))
      } catch (error) {
        const uses = await usesOf(db, actor, id)
        const form = withRefusal(freshForm(), error)
        return reply.code(409).page(views.deletion({ head, form, uses }))
      }
      return reply.done('/computers/groups', `The group “${head.group.name}” was deleted.`)
    },
  )
}
