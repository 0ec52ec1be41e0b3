import type { FastifyInstance } from 'fastify'
import type { Actor } from '../../access/actor.ts'
import { permitsSomewhere } from '../../access/decide.ts'
import { lacks } from '../../access/visible.ts'
import type { Db } from '../../db/connection.ts'
import { parseFields } from '../../jobs/batch.ts'
import { draftBatch, everyMatch } from '../../jobs/selection.ts'
import type { Mailer } from '../../mail/mailer.ts'
import { type PersonFilter, readFilter } from '../list.ts'
import { resolveFilter } from '../list-routes.ts'
import { findPeople } from '../search.ts'
import { type Batch, batchLooks } from './actions.ts'
import { SelectionForm } from './form.ts'
import { batchTitle, NO_MAIL } from './job.ts'

/** Takes a selection from the list, and leads to the page that shows what would be done with it. */
export function personBatchRoutes(app: FastifyInstance, db: Db, mailer: Mailer) {
  app.post(
    '/people/batches',
    { config: { permission: 'person.view', scope: 'anywhere' } },
    async ({ actor, body }, reply) => {
      const { action, match, ids } = parseFields(SelectionForm, body ?? {})
      const { permission } = batchLooks[action]
      if (!permitsSomewhere(actor.access, permission)) throw lacks(permission)
      if (action === 'invite' && !mailer.configured) return reply.done('/people', NO_MAIL)
      const selected = match ? await listMatchingIds(db, actor, readFilter(body)) : ids
      const draft = await draftBatch<Batch>(db, actor, selected, {
        kind: 'person.batch',
        noun: 'person',
        title: (count) => batchTitle(action, count),
        input: (ids) => ({
          action,
          ids,
          tenant_id: null,
          tag_id: null,
          whole: false,
          reason: null,
        }),
      })
      return reply.redirect(draft, 303)
    },
  )
}

async function listMatchingIds(db: Db, actor: Actor, sent: PersonFilter) {
  const filter = await resolveFilter(db, actor, sent)
  return everyMatch((page) => findPeople(db, actor, filter, page))
}
