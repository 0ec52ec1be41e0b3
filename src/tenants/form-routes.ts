import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Db } from '../db/connection.ts'
import { operation } from '../db/operation.ts'
import { NotFound } from '../errors.ts'
import { freshForm, parseForm, typed, type Form } from '../web/form.ts'
import { wouldChange } from './changes.ts'
import { createTenant, updateTenant } from './commands.ts'
import { refuseDeletions } from './contents.ts'
import { conflictOf, formOf, type SavedOver } from './editing.ts'
import { findParent, parentText } from './find-parent.ts'
import { EditTenantForm, NewTenantForm } from './form.ts'
import { getTenantHead, readTenantId } from './head.ts'
import { usualKindBelow } from './kinds.ts'
import { getTenant, ROOT_ID, type Tenant } from './queries.ts'
import { withRefusal } from './refusal.ts'
import { views } from './views.ts'

type Id = { Params: { id: string } }

/** The pages that make a tenant and change it. */
export function tenantFormRoutes(app: FastifyInstance, db: Db) {
  newTenant(app, db)
  editTenant(app, db)
}

function newTenant(app: FastifyInstance, db: Db) {
  const config = { permission: 'tenant.create', scope: 'anywhere' } as const

  app.get('/tenants/new', { config }, async ({ actor, query }, reply) => {
    const { parent } = z.object({ parent: z.string().default('root') }).parse(query)
    const tenant = await getTenant(db, actor, readTenantId(parent))
    const form = freshForm({
      parent: await parentText(db, actor, tenant.id),
      kind: usualKindBelow(tenant.kind),
    })
    return reply.page(views.newTenant(form))
  })

  app.post('/tenants', { config }, async ({ actor, body }, reply) => {
    const parsed = parseForm(NewTenantForm, body)
    if (!parsed.ok) return reply.code(422).page(views.newTenant(parsed.form))
    try {
      const { parent: text, ...input } = parsed.input
      const parent = await findParent(db, actor, text)
      const id = await operation(db, actor, 'tenant.create', (tx) =>
        createTenant(tx, parent.id, input),
      )
      return reply.done(`/tenants/${id}`, `${input.name} was created.`)
    } catch (error) {
      const form = withRefusal(freshForm(typed(body)), error)
      return reply.code(422).page(views.newTenant(form))
    }
  })
}

function editTenant(app: FastifyInstance, db: Db) {
  const config = { permission: 'tenant.edit', scope: 'anywhere' } as const

  app.get<Id>('/tenants/:id/edit', { config }, async ({ actor, params }, reply) => {
    const head = await getTenantHead(db, actor, editableId(params.id), 'edit')
    const form = await formOf(db, actor, head.tenant)
    return reply.page(views.edit(head, form, await keptBecause(db, head.tenant)))
  })

  app.post<Id>('/tenants/:id/edit', { config }, async ({ actor, params, body }, reply) => {
    const id = editableId(params.id)
    const again = async (status: number, form: Form, saved_over: SavedOver | null = null) => {
      const head = await getTenantHead(db, actor, id, 'edit')
      const kept_because = await keptBecause(db, head.tenant)
      return reply.code(status).page(views.edit(head, form, kept_because, saved_over))
    }
    const tenant = await getTenant(db, actor, id)
    const parsed = parseForm(EditTenantForm, body)
    if (!parsed.ok) return again(422, parsed.form)
    const form = freshForm(typed(body))
    try {
      const { parent: text, version, ...fields } = parsed.input
      const parent = await findParent(db, actor, text)
      const wanted = { ...fields, parent_id: parent.id }
      if (wouldChange(tenant, wanted))
        await operation(db, actor, 'tenant.update', (tx) => updateTenant(tx, id, wanted, version))
      return reply.done(`/tenants/${id}`, `${fields.name} was updated.`)
    } catch (error) {
      const conflict = await conflictOf(db, actor, id, form, error)
      if (conflict) return again(409, conflict.form, conflict.saved_over)
      return again(422, withRefusal(form, error))
    }
  })
}

/** Why a tenant cannot be deleted as it is now; null when it can. */
async function keptBecause(db: Db, tenant: Tenant) {
  const refusals = await refuseDeletions(db, [tenant])
  return refusals.get(tenant.id)?.message ?? null
}

function editableId(text: string) {
  const id = readTenantId(text)
  if (id === ROOT_ID) throw new NotFound('page for editing All tenants')
  return id
}
