import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { requireTenant } from '../access/visible.ts'
import type { Db } from '../db/connection.ts'
import { operation } from '../db/operation.ts'
import { findParent } from '../tenants/find-parent.ts'
import { type Form, freshForm, parseForm, typed } from '../web/form.ts'
import type { SavedOver } from '../web/saved-over.ts'
import {
  changesOf,
  confirmName,
  createComputer,
  purgeComputer,
  updateComputer,
} from './commands.ts'
import { conflictOf, formOf, withRefusal } from './editing.ts'
import { findTagsAt } from '../tags/listed-names.ts'
import { planTags, setTags } from './tagging.ts'
import { findPerson } from './find-person.ts'
import { EditComputerForm, NewComputerForm } from './form.ts'
import { getComputerHead, readComputerId } from './head.ts'
import { getComputer } from './queries.ts'
import { views } from './views.ts'

type Id = { Params: { id: string } }

const Tenant = z.object({ tenant: z.string().max(10_000).catch('').default('') })
const PurgeForm = z.strictObject({ name: z.string('Type the name.') })

/** The pages that make a computer, change it, and remove it for good. */
export function computerFormRoutes(app: FastifyInstance, db: Db) {
  newComputer(app, db)
  editComputer(app, db)
  removeComputer(app, db)
}

function newComputer(app: FastifyInstance, db: Db) {
  const config = { permission: 'computer.create', scope: 'anywhere' } as const

  app.get('/computers/new', { config }, ({ query }, reply) => {
    const { tenant } = Tenant.parse(query)
    return reply.page(views.newComputer(freshForm({ tenant, kind: 'workstation' })))
  })

  app.post('/computers', { config }, async ({ actor, body }, reply) => {
    const parsed = parseForm(NewComputerForm, body)
    if (!parsed.ok) return reply.code(422).page(views.newComputer(parsed.form))
    try {
      const { tenant: text, person, tags = '', ...facts } = parsed.input
      const { id: tenant_id } = await findParent(db, actor, text)
      const id = await operation(db, actor, 'computer.create', async (tx) => {
        const tenant = await requireTenant(tx, actor, 'computer.create', tenant_id)
        const primary_person_id = await findPerson(tx, actor, tenant, person)
        const given = await findTagsAt(tx, tenant_id, tags)
        const id = await createComputer(tx, tenant, { ...facts, primary_person_id }, 'typed')
        await setTags(tx, tenant, id, [], given)
        return id
      })
      return reply.done(`/computers/${id}`, `${facts.name} was added.`)
    } catch (error) {
      const form = withRefusal(freshForm(typed(body)), error)
      return reply.code(422).page(views.newComputer(form))
    }
  })
}

function editComputer(app: FastifyInstance, db: Db) {
  const config = { permission: 'computer.edit', scope: 'anywhere' } as const

  app.get<Id>('/computers/:id/edit', { config }, async ({ actor, params }, reply) => {
    const id = readComputerId(params.id)
    const head = await getComputerHead(db, actor, id, 'edit', 'computer.edit')
    return reply.page(views.edit(head, await formOf(db, actor, head.computer)))
  })

  app.post<Id>('/computers/:id/edit', { config }, async ({ actor, params, body }, reply) => {
    const id = readComputerId(params.id)
    const head = await getComputerHead(db, actor, id, 'edit', 'computer.edit')
    const again = (status: number, form: Form, saved_over: SavedOver | null = null) =>
      reply.code(status).page(views.edit(head, form, saved_over))
    const parsed = parseForm(EditComputerForm, body)
    if (!parsed.ok) return again(422, parsed.form)
    const form = freshForm(typed(body))
    try {
      const { person, version, tags, ...facts } = parsed.input
      const { tenant_id } = head.computer
      const primary_person_id = await findPerson(db, actor, tenant_id, person)
      const wanted = { ...facts, primary_person_id }
      const retag = await planTags(db, actor, head.computer, tags)
      if (retag || Object.keys(changesOf(head.computer, wanted)).length > 0)
        await operation(db, actor, 'computer.update', async (tx) => {
          await updateComputer(tx, actor, id, wanted, version)
          const tenant = await requireTenant(tx, actor, 'computer.edit', tenant_id)
          await (
            await planTags(tx, actor, head.computer, tags)
          )?.(tx, tenant)
        })
      return reply.done(`/computers/${id}`, `${facts.name} was updated.`)
    } catch (error) {
      const conflict = await conflictOf(db, actor, id, form, error)
      if (conflict) return again(409, conflict.form, conflict.saved_over)
      return again(422, withRefusal(form, error))
    }
  })
}

function removeComputer(app: FastifyInstance, db: Db) {
  const config = { permission: 'computer.purge', scope: 'anywhere' } as const

  app.get<Id>('/computers/:id/removal', { config }, async ({ actor, params }, reply) => {
    const head = await getComputerHead(db, actor, readComputerId(params.id), '', 'computer.purge')
    return reply.page(views.removal({ head, form: freshForm() }))
  })

  app.post<Id>('/computers/:id/removal', { config }, async ({ actor, params, body }, reply) => {
    const id = readComputerId(params.id)
    const head = await getComputerHead(db, actor, id, '', 'computer.purge')
    const parsed = parseForm(PurgeForm, body)
    if (!parsed.ok) return reply.code(422).page(views.removal({ head, form: parsed.form }))
    try {
      await operation(db, actor, 'computer.purge', async (tx) => {
        confirmName(await getComputer(tx, actor, id), parsed.input.name)
        await purgeComputer(tx, actor, id)
      })
    } catch (error) {
      const form = withRefusal(freshForm(typed(body)), error)
      return reply.code(422).page(views.removal({ head, form }))
    }
    return reply.done('/computers?tab=deleted', `${head.computer.name} was removed for good.`)
  })
}
