import type { FastifyInstance } from 'fastify'
import { lacks } from '../access/visible.ts'
import { permits } from '../access/decide.ts'
import type { Actor } from '../access/actor.ts'
import type { Db } from '../db/connection.ts'
import { operation } from '../db/operation.ts'
import { Invalid, NotFound } from '../errors.ts'
import { parseFields } from '../jobs/batch.ts'
import { draftJob } from '../jobs/commands.ts'
import { everyMatch } from '../jobs/selection.ts'
import { requireTenant } from '../access/visible.ts'
import { removeAlias } from '../tenants/aliases.ts'
import { readTenantId } from '../tenants/head.ts'
import { readFilter } from '../tenants/list.ts'
import { getMerge } from '../tenants/merges.ts'
import { getTenant } from '../tenants/queries.ts'
import { findMatches } from '../tenants/search.ts'
import { takesNoFields } from '../web/form.ts'
import { readId } from '../web/numbers.ts'
import { MAX_SOURCES, SourcesForm } from './form.ts'
import { mergeTitle, newMerge, tenantMerge } from './job.ts'
import { views } from './views.ts'

/** Begins a merge, which its job goes on with; and what is left of merges. */
export function mergingRoutes(app: FastifyInstance, db: Db) {
  app.post(
    '/tenants/merges',
    { config: { permission: 'tenant.delete', scope: 'anywhere' } },
    async ({ actor, body }, reply) => {
      const { match, ids } = parseFields(SourcesForm, body ?? {})
      const filter = readFilter(body)
      const selected = match
        ? await everyMatch((page) => findMatches(db, actor, filter, page))
        : ids
      const sources = await loadSources(db, actor, [...new Set(selected)])
      const id = await draftJob(db, actor, {
        kind: tenantMerge.name,
        title: mergeTitle(sources),
        input: newMerge(sources),
        size: sources.length,
      })
      return reply.redirect(`/jobs/${id}`, 303)
    },
  )

  app.get<{ Params: { id: string } }>(
    '/merges/:id',
    { config: { permission: 'history.view', scope: 'anywhere' } },
    async ({ actor, params }, reply) => {
      const id = readId(params.id)
      if (id === undefined) throw new NotFound('merge of this name')
      return reply.page(views.record({ merge: await getMerge(db, actor, id) }))
    },
  )

  app.post<{ Params: { id: string; alias_id: string } }>(
    '/tenants/:id/aliases/:alias_id/removal',
    { config: { permission: 'tenant.edit', scope: 'tenant' }, preHandler: takesNoFields },
    async ({ actor, params }, reply) => {
      const id = readTenantId(params.id)
      await operation(db, actor, 'tenant.remove_alias', async (tx) =>
        removeAlias(
          tx,
          await requireTenant(tx, actor, 'tenant.edit', id),
          readId(params.alias_id) ?? 0,
        ),
      )
      return reply.done(`/tenants/${id}/edit`, 'The former name was removed.')
    },
  )
}

async function loadSources(db: Db, actor: Actor, ids: number[]) {
  if (ids.length === 0) throw new Invalid({ ids: 'Select at least one tenant.' })
  if (ids.length > MAX_SOURCES)
    throw new Invalid({ ids: `At most ${MAX_SOURCES} tenants can be merged at once.` })
  const sources: { id: number; name: string; slug: string }[] = []
  for (const one of ids) {
    const { id, name, slug, path } = await getTenant(db, actor, one)
    if (!permits(actor.access, 'tenant.delete', path)) throw lacks('tenant.delete')
    sources.push({ id, name, slug })
  }
  return sources
}
