import type { FastifyInstance } from 'fastify'
import { permitsSomewhere } from '../../access/decide.ts'
import { lacks } from '../../access/visible.ts'
import type { Db } from '../../db/connection.ts'
import { Invalid } from '../../errors.ts'
import { draftJob } from '../../jobs/commands.ts'
import { fieldErrors } from '../../web/form.ts'
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
      const parsed = SelectionForm.safeParse(body ?? {})
      if (!parsed.success) throw new Invalid(fieldErrors(parsed.error))
      const { action, match, ids: ticked } = parsed.data
      const permission = permissionsFor[action]
      if (!permitsSomewhere(actor.access, permission)) throw lacks(permission)
      const ids = match
        ? await listMatchingIds(db, actor, await resolveFilter(db, actor, readFilter(body)))
        : [...new Set(ticked)]
      if (ids.length === 0) throw new Invalid({ ids: 'Select at least one computer.' })
      const chosen = { tenant_id: null, person: null, whole: false, reason: null }
      const input: Batch = { action, ids, ...chosen }
      const id = await draftJob(db, actor, {
        kind: computerBatch.name,
        title: batchTitle(action, ids.length),
        input,
        size: ids.length,
      })
      return reply.redirect(`/jobs/${id}`, 303)
    },
  )
}
