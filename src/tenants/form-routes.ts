import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Actor } from '../access/actor.ts'
import { permits } from '../access/decide.ts'
import { visibleScope } from '../access/visible.ts'
import type { Db } from '../db/connection.ts'
import { operation } from '../db/operation.ts'
import { NotFound } from '../errors.ts'
import { paced } from '../pace.ts'
import { freshForm, parseForm, typed, type Form } from '../web/form.ts'
import { readQuery } from '../web/query.ts'
import { listAliases } from './aliases.ts'
import { wouldChange } from './changes.ts'
import { createTenant, requireUpdatable, updateTenant } from './commands.ts'
import { refuseDeletions } from './contents.ts'
import { drawConsequences, foreseeMove, movedTenants } from './consequences.ts'
import { conflictOf, findNewParent, formOf } from './editing.ts'
import { CHOOSE_PARENT, findParent, parentText, textOfParent } from './find-parent.ts'
import { EditTenantForm, NewTenantForm } from './form.ts'
import { getTenantHead, readTenantId, type TenantHead } from './head.ts'
import { ROOT_PATH } from './hidden.ts'
import { usualKindBelow } from './kinds.ts'
import { listMerges } from './merges.ts'
import { getTenant, ROOT_ID, type Tenant } from './queries.ts'
import { statusOf, withRefusal } from './refusal.ts'
import { admitChanges, admitNewTenant, kindsFor } from './rights.ts'
import { topmostIds } from './top.ts'
import { type EditPage, views } from './views.ts'

type Id = { Params: { id: string } }

/** The pages that make a tenant and change it. */
export function tenantFormRoutes(app: FastifyInstance, db: Db) {
  newTenant(app, db)
  editTenant(app, db)
}

function newTenant(app: FastifyInstance, db: Db) {
  const config = { permission: 'tenant.create', scope: 'anywhere' } as const

  app.get('/tenants/new', { config }, async ({ actor, query }, reply) => {
    const { parent } = readQuery(z.object({ parent: z.string().optional() }), query)
    const id = parent === undefined ? usualParent(actor) : readTenantId(parent)
    const tenant = id === undefined ? undefined : await getTenant(db, actor, id)
    const form = freshForm({
      parent: tenant ? await parentText(db, actor, tenant.id) : '',
      kind: usualKindBelow(tenant?.kind ?? 'client'),
    })
    return reply.page(views.newTenant(form, kindsFor(actor)))
  })

  app.post('/tenants', { config }, async ({ actor, body }, reply) => {
    const parsed = parseForm(NewTenantForm, body)
    const kinds = kindsFor(actor)
    if (!parsed.ok) return reply.code(422).page(views.newTenant(parsed.form, kinds))
    try {
      const { parent: text, ...input } = parsed.input
      const parent = await findParent(db, actor, text, { if_empty: CHOOSE_PARENT })
      const id = await operation(db, actor, 'tenant.create', async (tx) =>
        createTenant(tx, await admitNewTenant(tx, actor, parent.id, input), input),
      )
      return reply.done(`/tenants/${id}`, `${input.name} was created.`)
    } catch (error) {
      const form = withRefusal(freshForm(typed(body)), error)
      return reply.code(statusOf(error)).page(views.newTenant(form, kinds))
    }
  })
}

function editTenant(app: FastifyInstance, db: Db) {
  const config = { permission: 'tenant.edit', scope: 'tenant' } as const

  app.get<Id>('/tenants/:id/edit', { config }, async ({ actor, params }, reply) => {
    const head = await getTenantHead(db, actor, editableId(params.id), 'edit')
    const form = await formOf(db, actor, head.tenant)
    return reply.page(views.edit(await editPage(db, actor, head, form)))
  })

  app.post<Id>('/tenants/:id/edit', { config }, async ({ actor, params, body }, reply) => {
    const id = editableId(params.id)
    const again = async (status: number, form: Form, more: Partial<EditPage> = {}) => {
      const head = await getTenantHead(db, actor, id, 'edit')
      const page = await editPage(db, actor, head, form)
      return reply.code(status).page(views.edit({ ...page, ...more }))
    }
    const tenant = await getTenant(db, actor, id)
    const parsed = parseForm(EditTenantForm, body)
    if (!parsed.ok) return again(422, parsed.form)
    const form = freshForm(typed(body))
    try {
      const { parent: text, version, previewed, ...fields } = parsed.input
      const wanted = { ...fields, parent_id: await findNewParent(db, actor, tenant, text) }
      if (wanted.parent_id !== tenant.parent_id && previewed !== String(wanted.parent_id)) {
        const admitted = await admitChanges(db, actor, id, wanted)
        await requireUpdatable(db, admitted.id, admitted.changes, version)
        return again(422, form, { move: await foreseeNewParent(db, actor, id, wanted.parent_id) })
      }
      if (wouldChange(tenant, wanted))
        await operation(db, actor, 'tenant.update', async (tx) => {
          const admitted = await admitChanges(tx, actor, id, wanted)
          await updateTenant(tx, admitted.id, admitted.changes, version)
        })
      return reply.done(`/tenants/${id}`, `${fields.name} was updated.`)
    } catch (error) {
      const conflict = await conflictOf(db, actor, id, form, error)
      if (conflict) return again(409, conflict.form, { saved_over: conflict.saved_over })
      return again(statusOf(error), withRefusal(form, error))
    }
  })
}

/** Where somebody usually creates tenants: below All tenants, or below the only tenant they have. */
function usualParent(actor: Actor) {
  if (permits(actor.access, 'tenant.create', ROOT_PATH)) return ROOT_ID
  const [id, ...others] = topmostIds(visibleScope(actor, 'tenant.create')) ?? []
  return others.length > 0 ? undefined : id
}

/** The tab Edit: what of it is for the actor. */
async function editPage(db: Db, actor: Actor, head: TenantHead, form: Form) {
  const { tenant } = head
  const { access } = actor
  return {
    head,
    form,
    kinds: kindsFor(actor, tenant.kind),
    fixed_parent: permits(access, 'tenant.move', tenant.path)
      ? null
      : await textOfParent(db, actor, tenant.id),
    may_block: permits(access, 'preference.lock', tenant.path),
    deletion: permits(access, 'tenant.delete', tenant.path)
      ? { kept_because: await keptBecause(db, actor, tenant) }
      : null,
    former: await formerOf(db, actor, tenant.id),
    saved_over: null,
    move: null,
  }
}

/** What would follow from a new parent: it is saved only when that was seen. */
async function foreseeNewParent(db: Db, actor: Actor, id: number, parent_id: number) {
  const move = await movedTenants(db, actor, [id], parent_id)
  const foreseen = await foreseeMove(db, actor, move, paced())
  return { previewed: String(parent_id), consequences: drawConsequences(foreseen) }
}

/** What is part of a tenant now, and what it was called; null where nothing ever was. */
async function formerOf(db: Db, actor: Actor, tenant_id: number) {
  const aliases = await listAliases(db, actor, tenant_id)
  const merges = await listMerges(db, actor, tenant_id)
  return aliases.length + merges.length > 0 ? { aliases, merges } : null
}

/** Why a tenant cannot be deleted as it is now; null when it can. */
async function keptBecause(db: Db, actor: Actor, tenant: Tenant) {
  const refusals = await refuseDeletions(db, actor, [tenant])
  return refusals.get(tenant.id)?.message ?? null
}

function editableId(text: string) {
  const id = readTenantId(text)
  if (id === ROOT_ID) throw new NotFound('page for editing All tenants')
  return id
}
