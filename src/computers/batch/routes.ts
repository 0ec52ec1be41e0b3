import type { FastifyInstance } from 'fastify'
import { permitsSomewhere } from '../../access/decide.ts'
import { lacks } from '../../access/visible.ts'
import type { Db } from '../../db/connection.ts'
import { parseFields } from '../../jobs/batch.ts'
import { draftBatch } from '../../jobs/selection.ts'
import { readFilter } from '../list.ts'
import { resolveFilter } from '../wanted.ts'
import { type Batch, permissionsFor } from './actions.ts'
import { SelectionForm } from './form.ts'
import { batchTitle, computerBatch } from './job.ts'
import { listMatchingIds } from './matching.ts'

/** Takes a selection from the list, and leads to the page that shows what would be done with it. */
export function computerBatchRoutes(app: FastifyInstance, db: Db) {
  app.post(
    '/computers/batches',
    { config: { permission: 'computer.view', scope: 'anywhere' } },
    async ({ actor, body }, reply) => {
      const { action, match, ids } = parseFields(SelectionForm, body ?? {})
      const permission = permissionsFor[action]
      if (!permitsSomewhere(actor.access, permission)) throw lacks(permission)
      const selected = match
        ? await listMatchingIds(db, actor, await resolveFilter(db, actor, readFilter(body)))
        : ids
      const chosen = { tenant_id: null, tag_id: null, person: null, whole: false, reason: null }
      const draft = await draftBatch<Batch>(db, actor, selected, {
        kind: computerBatch.name,
        noun: 'computer',
        title: (count) => batchTitle(action, count),
        input: (ids) => ({ action, ids, ...chosen }),
      })
      return reply.redirect(draft, 303)
    },
  )
}
