import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { permits } from '../access/decide.ts'
import { readRecent } from '../audit/history.ts'
import type { Db } from '../db/connection.ts'
import { NotFound } from '../errors.ts'
import { idText } from '../web/numbers.ts'
import { readQuery } from '../web/query.ts'
import { getTenantHead, readTenantId } from './head.ts'
import { findHoldings } from './holdings.ts'
import { listFirstChildren, listSetHere } from './overview.ts'
import { findMergedInto } from './merges.ts'
import { listParentOptions } from './parent-options.ts'
import { tagsPanel } from './tagging.ts'
import { views } from './views.ts'

const OptionsQuery = z.object({
  q: z.string().max(10_000).default(''),
  exclude: idText().nullable().default(null),
})

/** The page of a tenant, and the suggestions of a field for a parent. */
export function tenantPageRoutes(app: FastifyInstance, db: Db) {
  const config = { permission: 'tenant.view', scope: 'anywhere' } as const

  app.get<{ Params: { id: string } }>(
    '/tenants/:id',
    { config },
    async ({ actor, params }, reply) => {
      const id = readTenantId(params.id)
      const head = await getTenantHead(db, actor, id, '').catch(async (error: unknown) => {
        const destination = error instanceof NotFound && (await findMergedInto(db, actor, id))
        if (!destination) throw error
        return destination
      })
      if (!('tenant' in head))
        return reply.done(`/tenants/${head.id}`, `That tenant became part of ${head.name}.`)
      const [children, holdings, set_here, recent] = await Promise.all([
        listFirstChildren(db, actor, id),
        findHoldings(db, actor, head.tenant),
        listSetHere(db, actor, head.tenant, db.now()),
        permits(actor.access, 'history.view', head.tenant.path) ? readRecent(db, actor, id) : null,
      ])
      const tags = await tagsPanel(db, actor, head.tenant, head.tags)
      return reply.page(views.overview({ head, children, holdings, set_here, recent, tags }))
    },
  )

  app.get('/tenants/options', { config }, async ({ actor, query }, reply) => {
    const { q, exclude } = readQuery(OptionsQuery, query)
    const options = await listParentOptions(db, actor, q, exclude)
    return reply.page(views.parentOptions({ options }))
  })
}
