import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Actor } from '../access/actor.ts'
import type { Db } from '../db/connection.ts'
import { operation } from '../db/operation.ts'
import { parseFields } from '../jobs/batch.ts'
import { idText } from '../web/numbers.ts'
import { readTenantId } from './head.ts'
import { giveTenantTag, takeTenantTag } from './tagging.ts'

type Id = { Params: { id: string } }

const Tag = idText('Choose a tag from the list.')
const GiveForm = z.strictObject({
  tag: Tag,
  covers: z.literal('1', 'Tick this, or do not.').optional(),
})
const TakeForm = z.strictObject({ tag: Tag })

/** Gives a tenant a tag and takes it, on its page. */
export function tenantTagRoutes(app: FastifyInstance, db: Db) {
  const config = { permission: 'tenant.edit', scope: 'tenant' } as const
  app.post<Id>('/tenants/:id/tags', { config }, async ({ actor, params, body }, reply) => {
    const id = readTenantId(params.id)
    const { tag, covers } = parseFields(GiveForm, body ?? {})
    await give(actor, id, tag, covers === '1')
    return reply.redirect(`/tenants/${params.id}`, 303)
  })
  app.post<Id>('/tenants/:id/tags/removal', { config }, async ({ actor, params, body }, reply) => {
    const id = readTenantId(params.id)
    const { tag } = parseFields(TakeForm, body ?? {})
    await operation(db, actor, 'tenant.untag', (tx) => takeTenantTag(tx, actor, id, tag))
    return reply.redirect(`/tenants/${params.id}`, 303)
  })

  const give = (actor: Actor, id: number, tag: number, covers: boolean) =>
    operation(db, actor, 'tenant.tag', (tx) => giveTenantTag(tx, actor, id, tag, covers))
}
