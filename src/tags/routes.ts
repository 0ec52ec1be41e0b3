import type { FastifyInstance } from 'fastify'
import type { Actor } from '../access/actor.ts'
import { z } from 'zod'
import { permits } from '../access/decide.ts'
import type { Db } from '../db/connection.ts'
import { takenColumns } from '../db/constraints.ts'
import { operation } from '../db/operation.ts'
import type { TagColor } from '../db/tag-schema.ts'
import { Conflict, Forbidden, Invalid, NotFound } from '../errors.ts'
import { findParent, parentText } from '../tenants/find-parent.ts'
import { ROOT_ID, findTenant } from '../tenants/queries.ts'
import { type Form, freshForm, parseForm, typed, withError, takesNoFields } from '../web/form.ts'
import { decodeCursor, encodeCursor } from '../web/cursor.ts'
import { SearchText, addressOf, stateField } from '../web/list-state.ts'
import { readId } from '../web/numbers.ts'
import { createTag, deleteTag, updateTag } from './commands.ts'
import { EditTagForm, NewTagForm, tagColors } from './form.ts'
import { getManagedTag, pageOfManagedTags } from './queries.ts'
import { usesOfTag } from './uses.ts'
import { views } from './views.ts'

type Id = { Params: { id: string } }

const config = { permission: 'tag.manage', scope: 'anywhere' } as const

const PAGE_SIZE = 50

const ListQuery = z.object({
  q: stateField(SearchText, ''),
  after: stateField<string | null>(z.string().min(1), null),
})

const colors = Object.entries(tagColors).map(([value, label]) => ({
  value: value as TagColor,
  label,
}))

/** The pages on which tags are managed. */
export function tagRoutes(app: FastifyInstance, db: Db) {
  app.get('/tags', { config }, async ({ actor, query }, reply) => {
    const { q, after } = ListQuery.parse(query)
    const [name_key, id] = after ? decodeCursor(after, 2) : []
    const place = after ? { name_key: String(name_key), id: Number(id) } : null
    const { tags, next } = await pageOfManagedTags(db, actor, { q, after: place, limit: PAGE_SIZE })
    const rest = next && encodeCursor([next.name_key, next.id])
    const next_href =
      rest &&
      addressOf('/tags', [
        ['q', q],
        ['after', rest],
      ])
    return reply.page(views.list({ tags, q, next_href }))
  })
  makeTags(app, db)
  changeTags(app, db)
}

function makeTags(app: FastifyInstance, db: Db) {
  app.get('/tags/new', { config }, async ({ actor }, reply) => {
    // Clients are beside the provider, not below it: a tag made there would be of no use to them.
    const root = await findTenant(db, actor, ROOT_ID)
    const is_everywhere = root && permits(actor.access, config.permission, root.path)
    const home = is_everywhere ? ROOT_ID : actor.tenant_id
    const form = freshForm({ color: 'blue', tenant: await parentText(db, actor, home) })
    return reply.page(views.newTag({ form, colors }))
  })

  app.post('/tags', { config }, async ({ actor, body }, reply) => {
    const parsed = parseForm(NewTagForm, body)
    if (!parsed.ok) return reply.code(422).page(views.newTag({ form: parsed.form, colors }))
    try {
      const { tenant: text, ...input } = parsed.input
      const tenant = await findParent(db, actor, text)
      await operation(db, actor, 'tag.create', (tx) => createTag(tx, actor, tenant.id, input))
      return reply.done('/tags', `The tag “${input.name}” was created.`)
    } catch (error) {
      const form = withRefusal(freshForm(typed(body)), error)
      return reply.code(422).page(views.newTag({ form, colors }))
    }
  })
}

function changeTags(app: FastifyInstance, db: Db) {
  app.get<Id>('/tags/:id/edit', { config }, async ({ actor, params }, reply) => {
    const tag = await tagWithUses(db, actor, params.id)
    const { name, color, description, version } = tag
    const form = freshForm({ name, color, description, version: String(version) })
    return reply.page(views.edit({ form, colors, tag }))
  })

  app.post<Id>('/tags/:id/edit', { config }, async ({ actor, params, body }, reply) => {
    const tag = await tagWithUses(db, actor, params.id)
    const parsed = parseForm(EditTagForm, body)
    if (!parsed.ok) return reply.code(422).page(views.edit({ form: parsed.form, colors, tag }))
    try {
      const { version, ...input } = parsed.input
      await operation(db, actor, 'tag.update', (tx) => updateTag(tx, actor, tag.id, input, version))
      return reply.done('/tags', `The tag “${input.name}” was updated.`)
    } catch (error) {
      const sent = withRefusal(freshForm(typed(body)), error)
      // Seen once, the newer version may be saved over.
      const { version } = await getManagedTag(db, actor, tag.id)
      const form = { ...sent, values: { ...sent.values, version: String(version) } }
      const status = error instanceof Conflict ? 409 : 422
      return reply.code(status).page(views.edit({ form, colors, tag }))
    }
  })

  app.post<Id>(
    '/tags/:id/deletion',
    { config, preHandler: takesNoFields },
    async ({ actor, params }, reply) => {
      const tag = await getManagedTag(db, actor, readTagId(params.id))
      await operation(db, actor, 'tag.delete', (tx) => deleteTag(tx, actor, tag.id))
      return reply.done('/tags', `The tag “${tag.name}” was deleted.`)
    },
  )
}

async function tagWithUses(db: Db, actor: Actor, id: string) {
  const tag = await getManagedTag(db, actor, readTagId(id))
  return { ...tag, uses: await usesOfTag(db, actor, tag.id) }
}

function withRefusal(form: Form, error: unknown): Form {
  if (error instanceof Invalid) {
    const { parent, ...fields } = error.fields
    return { values: form.values, errors: parent ? { ...fields, tenant: parent } : fields }
  }
  if (error instanceof Forbidden) return withError(form, 'tenant', error.message)
  if (error instanceof Conflict) return withError(form, '', error.message)
  if (takenColumns(error)) return withError(form, 'name', 'This name has just been taken.')
  throw error
}

function readTagId(text: string) {
  const id = readId(text)
  if (id === undefined) throw new NotFound('tag of this name')
  return id
}
