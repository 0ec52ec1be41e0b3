import type { FastifyInstance } from 'fastify'
import type { Actor } from '../../access/actor.ts'
import { permitsSomewhere } from '../../access/decide.ts'
import { lacks } from '../../access/visible.ts'
import type { Db } from '../../db/connection.ts'
import { Invalid } from '../../errors.ts'
import { draftJob } from '../../jobs/commands.ts'
import { parseFields } from '../../jobs/batch.ts'
import type { Mailer } from '../../mail/mailer.ts'
import { paced } from '../../pace.ts'
import { type PersonFilter, readFilter } from '../list.ts'
import { resolveFilter } from '../list-routes.ts'
import { findPeople } from '../search.ts'
import { type Batch, batchLooks } from './actions.ts'
import { SelectionForm } from './form.ts'
import { batchTitle, NO_MAIL } from './job.ts'

const PAGE = 1000

/** Takes a selection from the list, and leads to the page that shows what would be done with it. */
export function personBatchRoutes(app: FastifyInstance, db: Db, mailer: Mailer) {
  app.post(
    '/people/batches',
    { config: { permission: 'person.view', scope: 'anywhere' } },
    async ({ actor, body }, reply) => {
      const { action, match, ids: ticked } = parseFields(SelectionForm, body ?? {})
      const { permission } = batchLooks[action]
      if (!permitsSomewhere(actor.access, permission)) throw lacks(permission)
      if (action === 'invite' && !mailer.configured) return reply.done('/people', NO_MAIL)
      const ids = match ? await listMatchingIds(db, actor, readFilter(body)) : [...new Set(ticked)]
      if (ids.length === 0) throw new Invalid({ ids: 'Select at least one person.' })
      const input: Batch = { action, ids, tenant_id: null, tag_id: null, reason: null }
      const title = batchTitle(action, ids.length)
      const id = await draftJob(db, actor, {
        kind: 'person.batch',
        title,
        input,
        size: ids.length,
      })
      return reply.redirect(`/jobs/${id}`, 303)
    },
  )
}

/** Everybody who matches now, a page at a time. */
async function listMatchingIds(db: Db, actor: Actor, sent: PersonFilter) {
  const filter = await resolveFilter(db, actor, sent)
  const pace = paced()
  const ids: number[] = []
  let after: string | null = null
  do {
    const page: Awaited<ReturnType<typeof findPeople>> = await findPeople(db, actor, filter, {
      limit: PAGE,
      after,
    })
    for (const { id } of page.rows) ids.push(id)
    after = page.next
    await pace(ids.length, 0)
  } while (after !== null)
  return ids
}
