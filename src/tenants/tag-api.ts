import { z } from 'zod'
import type { Db } from '../db/connection.ts'
import { operation } from '../db/operation.ts'
import type { Api } from '../web/api.ts'
import { Nothing, TenantIdText } from '../web/api-schemas.ts'
import { idText } from '../web/numbers.ts'
import { giveTenantTag, takeTenantTag } from './tagging.ts'

const tags = ['tenants']

const Params = z.strictObject({ id: TenantIdText, tag_id: idText('Give the id of a tag.') })

const Given = z.strictObject({
  covers_children: z
    .boolean('Give true or false.')
    .describe('Whether it covers the tenants below too.'),
})

/** The tags that a tenant was given, as JSON. */
export function tenantTagApi(api: Api, db: Db) {
  const config = { permission: 'tenant.edit', scope: 'tenant' } as const
  api.put(
    '/tenants/:id/tags/:tag_id',
    {
      config,
      schema: {
        operationId: 'tagTenant',
        summary: 'Give a tenant a tag, or change what it covers',
        tags,
        params: Params,
        body: Given,
        response: { 204: Nothing },
      },
    },
    async ({ actor, params: { id, tag_id }, body: { covers_children } }, reply) => {
      await operation(db, actor, 'tenant.tag', (tx) =>
        giveTenantTag(tx, actor, id, tag_id, covers_children),
      )
      return reply.code(204).send(null)
    },
  )

  api.delete(
    '/tenants/:id/tags/:tag_id',
    {
      config,
      schema: {
        operationId: 'untagTenant',
        summary: 'Take a tag from a tenant',
        tags,
        params: Params,
        response: { 204: Nothing },
      },
    },
    async ({ actor, params: { id, tag_id } }, reply) => {
      await operation(db, actor, 'tenant.untag', (tx) => takeTenantTag(tx, actor, id, tag_id))
      return reply.code(204).send(null)
    },
  )
}
