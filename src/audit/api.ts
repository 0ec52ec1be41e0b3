import { z } from 'zod'
import type { Db } from '../db/connection.ts'
import type { Api } from '../web/api.ts'
import { Instant, NextCursor, Paging, TenantIdText } from '../web/api-schemas.ts'
import { decodeCursor, encodeCursor } from '../web/cursor.ts'
import { type HistoryEntry, readHistory } from './history.ts'

export const ChangeResource = z.strictObject({
  did: z.enum(['Created', 'Changed', 'Deleted']),
  what: z.string().describe('Of what kind the row is, in words.'),
  title: z.string(),
  fields: z
    .array(
      z.strictObject({
        label: z.string(),
        before: z.string().nullable(),
        after: z.string().nullable(),
      }),
    )
    .describe('What differs, old and new, in words.'),
})

export const OperationResource = z
  .strictObject({
    id: z.int(),
    at: Instant,
    kind: z.string().describe('Such as tenant.create.'),
    by: z.string(),
    reason: z.string().nullable(),
    undoes_id: z.int().nullable().describe('The operation that this one takes back.'),
    change_count: z.int().describe('How many rows it changed here; in a list, counted up to 1000.'),
    changes: z.array(ChangeResource).describe('The first of them.'),
  })
  .meta({ id: 'Operation' })

export const History = z.strictObject({
  operations: z.array(OperationResource),
  next_cursor: NextCursor,
})

/** What happened to a tenant, as JSON. */
export function historyApi(api: Api, db: Db) {
  api.get(
    '/tenants/:id/history',
    {
      config: { permission: 'history.view', scope: 'tenant' },
      schema: {
        operationId: 'getTenantHistory',
        summary: 'The operations that changed a tenant, the newest first; of the root: all',
        tags: ['history'],
        params: z.strictObject({ id: TenantIdText }),
        querystring: Paging,
        response: { 200: History },
      },
    },
    async ({ actor, params, query: { cursor, limit } }) => {
      const before = cursor === undefined ? undefined : Number(decodeCursor(cursor, 1)[0])
      const { entries, next } = await readHistory(db, actor, params.id, before, limit)
      return {
        operations: entries.map(describeOperation),
        next_cursor: next === null ? null : encodeCursor([next]),
      }
    },
  )
}

/** An operation as the API shows it. */
export function describeOperation({ operation, changes }: HistoryEntry) {
  const { id, at, kind, actor_name, reason, undoes_id, change_count } = operation
  return {
    id,
    at,
    kind,
    by: actor_name,
    reason,
    undoes_id,
    change_count,
    changes: changes.map(({ did, what, title, fields }) => ({ did, what, title, fields })),
  }
}
