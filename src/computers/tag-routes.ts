import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Actor } from '../access/actor.ts'
import type { Db } from '../db/connection.ts'
import { operation } from '../db/operation.ts'
import { parseFields } from '../jobs/batch.ts'
import { idText } from '../web/numbers.ts'
import { readComputerId } from './head.ts'
import { changeTag } from './tagging.ts'

type Id = { Params: { id: string } }

const TagForm = z.strictObject({ tag: idText('Choose a tag from the list.') })

/** Gives a computer a tag and takes it, on its page. */
export function computerTagRoutes(app: FastifyInstance, db: Db) {
  const config = { permission: 'computer.edit', scope: 'anywhere' } as const
  const change = async (actor: Actor, text: string, body: unknown, gives: boolean) => {
    const id = readComputerId(text)
    const { tag } = parseFields(TagForm, body ?? {})
    await operation(db, actor, gives ? 'computer.tag' : 'computer.untag', (tx) =>
      changeTag(tx, actor, id, tag, { gives }),
    )
    return `/computers/${id}`
  }
  app.post<Id>('/computers/:id/tags', { config }, async ({ actor, params, body }, reply) =>
    reply.redirect(await change(actor, params.id, body, true), 303),
  )
  app.post<Id>('/computers/:id/tags/removal', { config }, async ({ actor, params, body }, reply) =>
    reply.redirect(await change(actor, params.id, body, false), 303),
  )
}
