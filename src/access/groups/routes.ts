import type { FastifyInstance, FastifyReply } from 'fastify'
import { z } from 'zod'
import type { Db } from '../../db/connection.ts'
import { operation } from '../../db/operation.ts'
import { Conflict, Forbidden, Invalid, NotFound } from '../../errors.ts'
import { findParent, parentText } from '../../tenants/find-parent.ts'
import { decodeCursor, encodeCursor } from '../../web/cursor.ts'
import { type Form, freshForm, parseForm, typed, takesNoFields } from '../../web/form.ts'
import { idText, readId } from '../../web/numbers.ts'
import { readQuery } from '../../web/query.ts'
import type { Actor } from '../actor.ts'
import { listAssignments } from '../assignments/queries.ts'
import { permits, permitsSomewhere } from '../decide.ts'
import { createGroup, deleteGroup } from './commands.ts'
import { NewGroupForm } from './form.ts'
import { getGroup, listGroups, listMembers } from './queries.ts'
import { views } from './views.ts'

const PAGE = 50
/** More is not assigned to a group that anybody still understands. */
const ASSIGNMENTS = 100

const PageQuery = z.strictObject({ after: z.string('Start anew.').max(2000).optional() })
const NewQuery = z.strictObject({ tenant: idText('This is not a tenant.').optional() })

const reading = { permission: 'access.view', scope: 'anywhere' } as const
const writing = { permission: 'access.grant', scope: 'anywhere', fresh: true } as const

/** The pages of groups: the list, a new one, one, and its end. */
export function groupRoutes(app: FastifyInstance, db: Db) {
  app.get('/groups', { config: reading }, async ({ actor, query }, reply) => {
    const { after } = readQuery(PageQuery, query)
    const [name_key, id] = after ? decodeCursor(after, 2) : []
    const place = after ? { name_key: String(name_key), id: Number(id) } : null
    const groups = await listGroups(db, actor, { after: place, limit: PAGE + 1 })
    const last = groups.length > PAGE ? groups[PAGE - 1]! : null
    return reply.page(
      views.list({
        groups: groups.slice(0, PAGE),
        next: last && `/groups?after=${encodeCursor([last.name_key, last.id])}`,
        may_create: permitsSomewhere(actor.access, 'access.grant'),
      }),
    )
  })

  app.get<{ Params: { id: string } }>(
    '/groups/:id',
    { config: reading },
    async ({ actor, params, query }, reply) => {
      const { after } = readQuery(PageQuery, query)
      return showGroup(db, actor, reply, readGroupId(params.id), { after })
    },
  )

  app.post<{ Params: { id: string } }>(
    '/groups/:id/deletion',
    { config: writing, preHandler: takesNoFields },
    async ({ actor, params }, reply) => {
      const id = readGroupId(params.id)
      await operation(db, actor, 'group.delete', (tx) => deleteGroup(tx, actor, id))
      return reply.done('/groups', 'The group is deleted.')
    },
  )
  creatingRoutes(app, db)
}

function creatingRoutes(app: FastifyInstance, db: Db) {
  app.get('/groups/new', { config: writing }, async ({ actor, query }, reply) => {
    const { tenant = actor.tenant_id } = readQuery(NewQuery, query)
    const form = freshForm({ tenant: await parentText(db, actor, tenant) })
    return reply.page(views.new({ form }))
  })

  app.post('/groups', { config: writing }, async ({ actor, body }, reply) => {
    const parsed = parseForm(NewGroupForm, body)
    if (!parsed.ok) return reply.code(422).page(views.new({ form: parsed.form }))
    const { tenant, ...input } = parsed.input
    try {
      const { id: tenant_id } = await findParent(db, actor, tenant)
      const id = await operation(db, actor, 'group.create', (tx) =>
        createGroup(tx, actor, tenant_id, input),
      )
      return reply.done(`/groups/${id}`, `Created the group ${input.name}.`)
    } catch (error) {
      const form = refusedForm(body, error)
      const { parent, ...errors } = form.errors
      const shown = { ...form, errors: { ...errors, ...(parent && { tenant: parent }) } }
      return reply.code(422).page(views.new({ form: shown }))
    }
  })
}

/** The id in an address. Throws NotFound for another text. */
export function readGroupId(text: string) {
  const id = readId(text)
  if (id === undefined) throw new NotFound('such group')
  return id
}

/** The form with why it was refused. Other errors are thrown again. */
export function refusedForm(body: unknown, error: unknown): Form {
  if (error instanceof Invalid) return { values: typed(body), errors: error.fields }
  if (error instanceof Forbidden || error instanceof Conflict)
    return { values: typed(body), errors: { '': error.message } }
  throw error
}

/** The page of a group; with `form` or `adding`, as somebody sent it. */
export async function showGroup(
  db: Db,
  actor: Actor,
  reply: FastifyReply,
  id: number,
  shown: { after?: string | undefined; form?: Form; adding?: Form } = {},
) {
  const group = await getGroup(db, actor, id)
  const [sort_key, last_id] = shown.after ? decodeCursor(shown.after, 2) : []
  const after = shown.after ? { sort_key: String(sort_key), id: Number(last_id) } : null
  const [members, assignments] = await Promise.all([
    listMembers(db, actor, id, { after, limit: PAGE + 1 }),
    listAssignments(db, actor, { group_id: id }, { limit: ASSIGNMENTS }),
  ])
  const last = members.length > PAGE ? members[PAGE - 1]! : null
  const { name, description, version } = group
  return reply.page(
    views.page({
      group,
      members: members.slice(0, PAGE),
      next: last && `/groups/${id}?after=${encodeCursor([last.sort_key, last.id])}`,
      assignments,
      may_edit: permits(actor.access, 'access.grant', group.tenant_path),
      form: shown.form ?? freshForm({ name, description, version: String(version) }),
      adding: shown.adding ?? freshForm(),
    }),
  )
}
