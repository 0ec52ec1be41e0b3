import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Actor } from '../access/actor.ts'
import type { Db } from '../db/connection.ts'
import { Conflict, Forbidden, Invalid } from '../errors.ts'
import { type Form, freshForm, parseForm } from '../web/form.ts'
import { ROOT_ID } from '../tenants/queries.ts'
import { idText } from '../web/numbers.ts'
import { readQuery } from '../web/query.ts'
import { describeChanges, describeReversals } from './history.ts'
import { type ListedOperation, getOperation, listChanges, listFirstChanges } from './queries.ts'
import { readOperationId } from './routes.ts'
import { totalsOf } from './totals.ts'
import { foreseeUndo, takeBack } from './undo.ts'
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
    in_the_way: await nameRows(db, actor, outlook.obstacles),
    changes: await describeReversals(db, actor, changes),
    totals: await totalsOf(db, actor, operation),
    next: next === null ? null : `${here}?after=${next}`,
    first: after ? here : null,
  })
}

/** Operations with the first rows of each, by which one knows them. */
async function nameRows(db: Db, actor: Actor, operations: ListedOperation[]) {
  const ids = operations.map(({ id }) => id)
  const first = await listFirstChanges(db, actor, ROOT_ID, ids)
  const described = await describeChanges(db, actor, first)
  return operations.map((operation) => ({
    operation,
    changes: described.filter((_, index) => first[index]!.operation_id === operation.id),
  }))
}
