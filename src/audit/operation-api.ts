import { z } from 'zod'
import type { Db } from '../db/connection.ts'
import { explainUndo, undoFacts } from '../db/undo.ts'
import type { Api } from '../web/api.ts'
import { InstantText, Paging, TenantIdText } from '../web/api-schemas.ts'
import { decodeCursor, encodeCursor } from '../web/cursor.ts'
import { createOnce } from '../web/idempotency.ts'
import { idText } from '../web/numbers.ts'
import { ChangeResource, describeOperation, History, OperationResource } from './api.ts'
import { describeChanges } from './history.ts'
import { readOperations } from './operations.ts'
import { getOperation, listChanges } from './queries.ts'
import { foreseeUndo, takeBackWithin } from './undo.ts'

const Filter = Paging.extend({
  tenant_id: TenantIdText.optional().describe('Those that changed something there or below.'),
  person_id: idText().optional().describe('Those that changed this person, or what hangs on them.'),
  by: z
    .string()
    .max(1000)
    .default('')
    .describe('Who did it: the name, whatever the case, or a part of it.'),
  kind: z.string().max(100).default('').describe('Such as tenant.update.'),
  from: InstantText.optional(),
  to: InstantText.optional(),
})

const Rows = z.strictObject({
  after: idText()
    .optional()
    .describe('`next_after` of the page before; without it, from the first.'),
})

const WithRows = OperationResource.extend({
  changes: z.array(ChangeResource).describe('A page of them.'),
  next_after: z.int().nullable().describe('What to send as `after` for the next page of changes.'),
}).meta({ id: 'OperationWithChanges' })

const Outlook = z
  .strictObject({
    is_tried: z
      .boolean()
      .describe('Whether it was tried; one of very many rows is not, and may turn out not to fit.'),
    refusal: z.string().nullable().describe('Why it is not possible; null where nothing is known.'),
    obstacles: z.array(
      z.strictObject({ id: z.int(), at: z.string(), kind: z.string(), by: z.string() }),
    ),
    hidden_obstacles: z.int().describe('Further operations that stand in the way.'),
  })
  .meta({ id: 'UndoOutlook' })

const UndoBody = z.strictObject({
  reason: z.string().trim().max(1000).default(''),
  preview: z.boolean().default(false).describe('Only say what would stand in the way.'),
})

const config = { permission: 'history.view', scope: 'anywhere' } as const
const params = z.strictObject({ id: idText() })
const LIST = '/api/v1/operations'

/** The history, and how to take something back, as JSON. */
export function operationApi(api: Api, db: Db) {
  listRoute(api, db)
  getRoute(api, db)
  undoRoute(api, db)
}

function listRoute(api: Api, db: Db) {
  api.get(
    '/operations',
    {
      config,
      schema: {
        operationId: 'listOperations',
        summary: 'What changed anything that you see, the newest first',
        description: 'A page may hold fewer operations than asked for, and still have a cursor.',
        tags: ['history'],
        querystring: Filter,
        response: { 200: History },
      },
    },
    async ({ actor, query }) => {
      const { cursor, limit, tenant_id = null, person_id = null, by, kind, from, to } = query
      const filter = { tenant_id, person_id, by, kind, from: from ?? null, to: to ?? null }
      const before = cursor === undefined ? null : Number(decodeCursor(cursor, 1)[0])
      const { entries, next } = await readOperations(db, actor, filter, { before, limit })
      return {
        operations: entries.map(describeOperation),
        next_cursor: next === null ? null : encodeCursor([next]),
      }
    },
  )
}

function getRoute(api: Api, db: Db) {
  api.get(
    '/operations/:id',
    {
      config,
      schema: {
        operationId: 'getOperation',
        summary: 'An operation, with what it changed that you see',
        tags: ['history'],
        params,
        querystring: Rows,
        response: { 200: WithRows },
      },
    },
    async ({ actor, params: { id }, query: { after } }) => {
      const operation = await getOperation(db, actor, id)
      const { changes, next } = await listChanges(db, actor, id, after)
      const described = await describeChanges(db, actor, changes)
      return { ...describeOperation({ operation, changes: described }), next_after: next }
    },
  )
}

function undoRoute(api: Api, db: Db) {
  api.post(
    '/operations/:id/undo',
    {
      config,
      schema: {
        operationId: 'undoOperation',
        summary: 'Takes an operation back, as a new one; that can be taken back too',
        tags: ['history'],
        params,
        body: UndoBody,
        response: { 200: Outlook, 201: z.object({ id: z.int() }) },
      },
    },
    async (request, reply) => {
      const { actor, params, body } = request
      const { id } = params
      if (body.preview) {
        const { obstacles, ...outlook } = await foreseeUndo(db, actor, id)
        return { ...outlook, obstacles: obstacles.map(briefly) }
      }
      const what = undoFacts(id, body.reason || null)
      return explainUndo(() =>
        createOnce(
          request,
          reply,
          db,
          what,
          async (tx) => ({ id: await takeBackWithin(tx, actor, id) }),
          { list: LIST },
        ),
      )
    },
  )
}

type Brief = { id: number; at: string; kind: string; actor_name: string }

const briefly = ({ id, at, kind, actor_name }: Brief) => ({ id, at, kind, by: actor_name })
