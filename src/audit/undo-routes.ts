import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Actor } from '../access/actor.ts'
import type { Db } from '../db/connection.ts'
import { Conflict, Forbidden, Invalid } from '../errors.ts'
import { type Form, freshForm, parseForm } from '../web/form.ts'
import { idText } from '../web/numbers.ts'
import { readQuery } from '../web/query.ts'
import { describeReversals } from './history.ts'
import { getOperation, listChanges } from './queries.ts'
import { readOperationId } from './routes.ts'
import { foreseeUndo, takeBack } from './undo.ts'
import { totalsOf } from './totals.ts'
import { views } from './views.ts'

/** Of an operation of very many rows. */
const TEN_MINUTES_MS = 600_000

const UndoQuery = z.object({ after: idText('Start from the beginning.').optional() })

const UndoForm = z.strictObject({
  reason: z.string().trim().max(1000, 'At most 1000 characters.').default(''),
})

/** The pages on which an operation is taken back: what would come of it, and the deed. */
export function undoRoutes(app: FastifyInstance, db: Db) {
  const config = { permission: 'history.view', scope: 'anywhere', fresh: true } as const
  type Params = { Params: { id: string } }

  app.get<Params>('/history/:id/undo', { config }, async ({ actor, params, query }, reply) => {
    const { after } = readQuery(UndoQuery, query)
    const id = readOperationId(params.id)
    return reply.page(await drawUndo(db, actor, id, freshForm(), after))
  })

  app.post<Params>(
    '/history/:id/undo',
    { config, handlerTimeout: TEN_MINUTES_MS },
    async ({ actor, params, body }, reply) => {
      const id = readOperationId(params.id)
      const { what } = await getOperation(db, actor, id)
      const parsed = parseForm(UndoForm, body)
      if (!parsed.ok) return reply.code(422).page(await drawUndo(db, actor, id, parsed.form))
      try {
        const undo = await takeBack(db, actor, id, parsed.input.reason || null)
        return reply.done(`/history/${undo}`, `Taken back: ${what}.`)
      } catch (error) {
        const form = { values: parsed.input, errors: { '': (error as Error).message } }
        return reply.code(statusOf(error)).page(await drawUndo(db, actor, id, form))
      }
    },
  )
}

/** What a refusal answers; anything else is thrown on. */
function statusOf(error: unknown) {
  if (error instanceof Conflict) return 409
  if (error instanceof Forbidden) return 403
  if (error instanceof Invalid) return 422
  throw error
}

async function drawUndo(db: Db, actor: Actor, id: number, form: Form, after?: number) {
  const operation = await getOperation(db, actor, id)
  const outlook = await foreseeUndo(db, actor, id)
  const { changes, next } = await listChanges(db, actor, id, after)
  const here = `/history/${id}/undo`
  return views.undo({
    operation,
    form,
    outlook,
    changes: await describeReversals(db, actor, changes),
    totals: await totalsOf(db, actor, operation),
    next: next === null ? null : `${here}?after=${next}`,
    first: after ? here : null,
  })
}
