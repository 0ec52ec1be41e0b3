import type { FastifyInstance } from 'fastify'
import { permitsSomewhere } from '../../access/decide.ts'
import { lacks } from '../../access/visible.ts'
import type { Db } from '../../db/connection.ts'
import { parseFields } from '../../jobs/batch.ts'
import { draftBatch, everyMatch } from '../../jobs/selection.ts'
import { readFilter } from '../list.ts'
import { findMatches } from '../search.ts'
import { type Batch, actionsOf, permissionsFor } from './actions.ts'
import { SelectionForm } from './form.ts'
import { batchTitle, tenantBatch } from './job.ts'

const UNTOLD = {
  parent_id: null,
  kind: null,
  tag_id: null,
  covers_children: false,
  whole: false,
  reason: null,
}

/** Takes a selection from the list, and leads to the page that shows what would be done with it. */
export function batchRoutes(app: FastifyInstance, db: Db) {
  app.post(
    '/tenants/batches',
    { config: { permission: 'tenant.view', scope: 'anywhere' } },
    async ({ actor, body }, reply) => {
      if (actionsOf(actor).length === 0) throw lacks('tenant.edit')
      const { action, match, ids } = parseFields(SelectionForm, body ?? {})
      const permission = permissionsFor[action]
      if (!permitsSomewhere(actor.access, permission)) throw lacks(permission)
      const filter = readFilter(body)
      const selected = match
        ? await everyMatch((page) => findMatches(db, actor, filter, page))
        : ids
      const draft = await draftBatch<Batch>(db, actor, selected, {
        kind: tenantBatch.name,
        noun: 'tenant',
        title: (count) => batchTitle(action, count),
        input: (ids) => ({ action, ids, ...UNTOLD }),
      })
      return reply.redirect(draft, 303)
    },
  )
}
