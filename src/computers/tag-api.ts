import type { Db } from '../db/connection.ts'
import { operation } from '../db/operation.ts'
import { CarriedTagParams } from '../tags/api-schemas.ts'
import type { Api } from '../web/api.ts'
import { Nothing } from '../web/api-schemas.ts'
import { changeTag } from './tagging.ts'

const tags = ['computers']

/** The tags that a computer was given, as JSON. */
export function computerTagApi(api: Api, db: Db) {
  const config = { permission: 'computer.edit', scope: 'anywhere' } as const
  api.put(
    '/computers/:id/tags/:tag_id',
    {
      config,
      schema: {
        operationId: 'tagComputer',
        summary: 'Give a computer a tag',
        tags,
        params: CarriedTagParams,
        response: { 204: Nothing },
      },
    },
    async ({ actor, params: { id, tag_id } }, reply) => {
      await operation(db, actor, 'computer.tag', (tx) =>
        changeTag(tx, actor, id, tag_id, { gives: true }),
      )
      return reply.code(204).send(null)
    },
  )

  api.delete(
    '/computers/:id/tags/:tag_id',
    {
      config,
      schema: {
        operationId: 'untagComputer',
        summary: 'Take a tag from a computer',
        tags,
        params: CarriedTagParams,
        response: { 204: Nothing },
      },
    },
    async ({ actor, params: { id, tag_id } }, reply) => {
      await operation(db, actor, 'computer.untag', (tx) =>
        changeTag(tx, actor, id, tag_id, { gives: false }),
      )
      return reply.code(204).send(null)
    },
  )
}
