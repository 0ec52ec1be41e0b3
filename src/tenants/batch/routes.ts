import type { FastifyInstance } from 'fastify'
import type { Actor } from '../../access/actor.ts'
import { permitsSomewhere } from '../../access/decide.ts'
import { lacks } from '../../access/visible.ts'
import type { Db } from '../../db/connection.ts'
import { Invalid } from '../../errors.ts'
import { draftJob } from '../../jobs/commands.ts'
import { paced } from '../../pace.ts'
import { fieldErrors } from '../../web/form.ts'
import { type TenantFilter, readFilter } from '../list.ts'
import { findMatches } from '../search.ts'
import { type Batch, actionsOf, permissionsFor } from './actions.ts'
import { SelectionForm } from './form.ts'
import { batchTitle, tenantBatch } from './job.ts'

const PAGE = 1000

/** Takes a selection from the list, and leads to the page that shows what would be done with it. */
export function batchRoutes(app: FastifyInstance, db: Db) {
  app.post(
    '/tenants/batches',
    { config: { permission: 'tenant.view', scope: 'anywhere' } },
    async ({ actor, body }, reply) => {
      if (actionsOf(actor).length === 0) throw lacks('tenant.edit')
      const parsed = SelectionForm.safeParse(body ?? {})
      if (!parsed.success) throw new Invalid(fieldErrors(parsed.error))
      const { action, match, ids: ticked } = parsed.data
      const permission = permissionsFor[action]
      if (!permitsSomewhere(actor.access, permission)) throw lacks(permission)
      const ids = match ? await listMatchingIds(db, actor, readFilter(body)) : [...new Set(ticked)]
      if (ids.length === 0) throw new Invalid({ ids: 'Select at least one tenant.' })

      const input: Batch = { action, ids, parent_id: null, kind: null, reason: null }
      const title = batchTitle(action, ids.length)
      const id = await draftJob(db, actor, {
        kind: tenantBatch.name,
        title,
        input,
        size: ids.length,
      })
      return reply.redirect(`/jobs/${id}`, 303)
    },
  )
}

/** Every tenant that matches now, a page at a time. */
async function listMatchingIds(db: Db, actor: Actor, filter: TenantFilter) {
  const pace = paced()
  const ids: number[] = []
  let after: string | null = null
  do {
    const page: Awaited<ReturnType<typeof findMatches>> = await findMatches(db, actor, filter, {
      limit: PAGE,
      after,
    })
    for (const { id } of page.rows) ids.push(id)
    after = page.next
    await pace(ids.length, 0)
  } while (after !== null)
  return ids
}
