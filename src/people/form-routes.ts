import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Actor } from '../access/actor.ts'
import type { Db } from '../db/connection.ts'
import { operation } from '../db/operation.ts'
import { parentText } from '../tenants/find-parent.ts'
import { readTenantId } from '../tenants/head.ts'
import { type Form, freshForm, parseForm, typed } from '../web/form.ts'
import { readQuery } from '../web/query.ts'
import type { SavedOver } from '../web/saved-over.ts'
import { createPerson, updatePerson } from './commands.ts'
import { conflictOf, formOf, roleChoices, withRefusal } from './editing.ts'
import { EditPersonForm, NewPersonForm } from './form.ts'
import { getPersonHead, readPersonId } from './head.ts'
import { findTenantNamed } from './list-routes.ts'
import { views } from './views.ts'

type Id = { Params: { id: string } }

/** The pages that make a person and change them. */
export function personFormRoutes(app: FastifyInstance, db: Db) {
  newPerson(app, db)
  editPerson(app, db)
}

function newPerson(app: FastifyInstance, db: Db) {
  const config = { permission: 'person.create', scope: 'anywhere', fresh: true } as const
  const show = async (actor: Actor, form: Form) =>
    views.newPerson({ form, roles: await roleChoices(db, actor) })

  app.get('/people/new', { config }, async ({ actor, query }, reply) => {
    const { tenant } = readQuery(z.object({ tenant: z.string().optional() }), query)
    const place = tenant === undefined ? '' : await parentText(db, actor, readTenantId(tenant))
    const form = freshForm({ role: '', tenant: place })
    return reply.page(await show(actor, form))
  })

  app.post('/people', { config }, async ({ actor, body }, reply) => {
    const parsed = parseForm(NewPersonForm, body)
    if (!parsed.ok) return reply.code(422).page(await show(actor, parsed.form))
    try {
      const { name, email, role = null } = parsed.input
      const tenant = await findTenantNamed(db, actor, parsed.input.tenant)
      const id = await operation(db, actor, 'person.create', (tx) =>
        createPerson(tx, actor, tenant.id, { name, email, role_id: role }),
      )
      return reply.done(`/people/${id}`, `${name} was created.`)
    } catch (error) {
      const form = withRefusal(freshForm(typed(body)), error)
      return reply.code(422).page(await show(actor, form))
    }
  })
}

function editPerson(app: FastifyInstance, db: Db) {
  const config = { permission: 'person.edit', scope: 'anywhere', fresh: true } as const
  const show = async (
    actor: Actor,
    id: number,
    form: Form | null,
    saved_over: SavedOver | null = null,
  ) => {
    const head = await getPersonHead(db, actor, id, 'edit', db.now())
    const shown = form ?? (await formOf(db, actor, head.person))
    return views.edit({ head, form: shown, roles: await roleChoices(db, actor), saved_over })
  }

  app.get<Id>('/people/:id/edit', { config }, async ({ actor, params }, reply) =>
    reply.page(await show(actor, readPersonId(params.id), null)),
  )

  app.post<Id>('/people/:id/edit', { config }, async ({ actor, params, body }, reply) => {
    const id = readPersonId(params.id)
    await getPersonHead(db, actor, id, 'edit', db.now())
    const parsed = parseForm(EditPersonForm, body)
    if (!parsed.ok) return reply.code(422).page(await show(actor, id, parsed.form))
    const form = freshForm(typed(body))
    try {
      const { name, email, role, version } = parsed.input
      const tenant = await findTenantNamed(db, actor, parsed.input.tenant)
      const wanted = {
        name,
        email,
        tenant_id: tenant.id,
        ...(role !== undefined && { role_id: role }),
      }
      await operation(db, actor, 'person.update', (tx) =>
        updatePerson(tx, actor, id, wanted, version),
      )
      return reply.done(`/people/${id}`, `${name} was updated.`)
    } catch (error) {
      const conflict = await conflictOf(db, actor, id, form, error)
      if (conflict)
        return reply.code(409).page(await show(actor, id, conflict.form, conflict.saved_over))
      return reply.code(422).page(await show(actor, id, withRefusal(form, error)))
    }
  })
}
