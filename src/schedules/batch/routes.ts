import type { FastifyInstance } from 'fastify'
import type { Actor } from '../../access/actor.ts'
import { permitsSomewhere } from '../../access/decide.ts'
import { lacks } from '../../access/visible.ts'
import type { Db } from '../../db/connection.ts'
import { parseFields } from '../../jobs/batch.ts'
import { draftBatch, everyMatch } from '../../jobs/selection.ts'
import { readList } from '../list.ts'
import { findSchedules, resolveFilter } from '../search.ts'
import { type Batch, permissionsFor } from './actions.ts'
import { SelectionForm } from './form.ts'
import { batchTitle, scheduleBatch } from './job.ts'

/** Takes a selection from the list, and leads to the page that shows what would be done with it. */
export function scheduleBatchRoutes(app: FastifyInstance, db: Db) {
  app.post(
    '/schedules/batches',
    { config: { permission: 'schedule.view', scope: 'anywhere' } },
    async ({ actor, body }, reply) => {
      const { action, match, ids } = parseFields(SelectionForm, body ?? {})
      const permission = permissionsFor[action]
      if (!permitsSomewhere(actor.access, permission)) throw lacks(permission)
      const draft = await draftBatch<Batch>(
        db,
        actor,
        match ? await listMatchingIds(db, actor, body) : ids,
        {
          kind: scheduleBatch.name,
          noun: 'schedule',
          title: (count) => batchTitle(action, count),
          input: (selected) => ({ action, ids: selected, whole: false, reason: null }),
        },
      )
      return reply.redirect(draft, 303)
    },
  )
}

/** The ids of all schedules that match now. */
async function listMatchingIds(db: Db, actor: Actor, filter: unknown) {
  const wanted = await resolveFilter(db, actor, readList(filter))
  return everyMatch((page) => findSchedules(db, actor, wanted, page))
}
