import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Db } from '../db/connection.ts'
import { readQuery } from '../web/query.ts'
import { search } from './groups.ts'
import { views } from './views.ts'

const Query = z.object({ q: z.string().trim().max(200).default('') })

/** Hits per group: under the search field that opens over a page, and on a page of their own. */
const SUGGESTED = 8
const LISTED = 20

/** The search over everything that has a page: as a page, and as the list that one types into. */
export function searchRoutes(app: FastifyInstance, db: Db) {
  const config = { permission: 'signed_in' } as const

  app.get('/search', { config }, async ({ actor, query }, reply) => {
    const { q } = readQuery(Query, query)
    return reply.page(views.page({ q, groups: await search(db, actor, q, LISTED) }))
  })

  app.get('/search/results', { config }, async ({ actor, query }, reply) => {
    const { q } = readQuery(Query, query)
    return reply.page(views.results({ q, groups: await search(db, actor, q, SUGGESTED) }))
  })
}
