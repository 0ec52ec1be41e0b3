import type { FastifyInstance } from 'fastify'
import type { Db } from '../db/connection.ts'
import { views } from './views.ts'

/** The pages of the tree of tenants. */
export function tenantRoutes(app: FastifyInstance, _db: Db) {
  app.get('/tenants', { config: { permission: 'tenant.view' } }, (_request, reply) =>
    reply.page(views.list({ title: 'Tenants' })),
  )
}
