import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Db } from '../../db/connection.ts'
import { encodeCursor } from '../../web/cursor.ts'
import { readQuery } from '../../web/query.ts'
import { readAfter } from './access-tab.ts'
import { readReport } from './report.ts'
import { views } from './views.ts'

const PAGE = 100

const ReportQuery = z.strictObject({
  after: z.string('Start from the beginning.').max(2000).optional(),
})

/** The report of everybody who can reach every customer. */
export function accessReportRoutes(app: FastifyInstance, db: Db) {
  app.get(
    '/access-report',
    { config: { permission: 'access.view', scope: 'all_tenants' } },
    async ({ actor, query }, reply) => {
      const { after } = readQuery(ReportQuery, query)
      const place = after === undefined ? null : readAfter(after)
      const { rows, nodes, last } = await readReport(db, actor, db.now(), {
        after: place,
        limit: PAGE,
      })
      const next = last && `/access-report?after=${encodeCursor([last.sort_key, last.id])}`
      return reply.page(views.report({ rows, nodes, next }))
    },
  )
}
