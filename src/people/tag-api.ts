import type { Db } from '../db/connection.ts'
import { operation } from '../db/operation.ts'
import { CarriedTagParams } from '../tags/api-schemas.ts'
import type { Api } from '../web/api.ts'
import { Nothing } from '../web/api-schemas.ts'
import { changeTag } from './tagging.ts'

const tags = ['people']

/** The tags that a person was given, as JSON. */
export function personTagApi(api: Api, db: Db) {
  const config = { permission: 'person.edit', scope: 'anywhere' } as const
  api.put(
    '/people/:id/tags/:tag_id',
    {
      config,
      schema: {
        operationId: 'tagPerson',
        summary: 'Give a person a tag',
        tags,
        params: CarriedTagParams,
        response: { 204: Nothing },
      },
    },
    async ({ actor, params: { id, tag_id } }, reply) => {
      await operation(db, actor, 'person.tag', (tx) =>
        changeTag(tx, actor, id, tag_id, { gives: true }),
      )
      return reply.code(204).send(null)
    },
  )

  api.delete(
    '/people/:id/tags/:tag_id',
    {
      config,
      schema: {
        operationId: 'untagPerson',
        summary: 'Take a tag from a person',
        tags,
        params: CarriedTagParams,
        response: { 204: Nothing },
      },
    },
    async ({ actor, params: { id, tag_id } }, reply) => {
      await operation(db, actor, 'person.untag', (tx) =>
        changeTag(tx, actor, id, tag_id, { gives: false }),
      )
      return reply.code(204).send(null)
    },
  )
}
