import type { FastifyInstance } from 'fastify'
import type { Db } from '../db/connection.ts'
import { sessionBatchRoutes } from './batch/routes.ts'
import { sessionRoutes } from './session-routes.ts'
import { windowRoutes } from './window-routes.ts'

/** What came of maintenance: windows, and the sessions in them. */
export function maintenanceRoutes(app: FastifyInstance, db: Db) {
  sessionRoutes(app, db)
  sessionBatchRoutes(app, db)
  windowRoutes(app, db)
}
