import type { FastifyInstance } from 'fastify'
import type { Db } from '../db/connection.ts'
import { scheduleActionRoutes } from './action-routes.ts'
import { scheduleBatchRoutes } from './batch/routes.ts'
import { calendarRoutes } from './calendar-routes.ts'
import { feedRoutes } from './feed-routes.ts'
import { forecastRoutes } from './forecast-routes.ts'
import { scheduleFormRoutes } from './form-routes.ts'
import { scheduleHelpRoutes } from './help-routes.ts'
import { scheduleListRoutes } from './list-routes.ts'
import { schedulePageRoutes } from './page-routes.ts'
import { tenantScheduleRoutes } from './tenant-routes.ts'
import { tellUses } from './uses.ts'

/** When maintenance happens; `url` is where browsers and calendars reach the server, if it is said. */
export function scheduleRoutes(app: FastifyInstance, db: Db, url: string | undefined) {
  tellUses()
  scheduleListRoutes(app, db)
  scheduleFormRoutes(app, db)
  scheduleHelpRoutes(app, db)
  schedulePageRoutes(app, db)
  scheduleActionRoutes(app, db)
  scheduleBatchRoutes(app, db)
  tenantScheduleRoutes(app, db)
  forecastRoutes(app, db)
  calendarRoutes(app, db)
  feedRoutes(app, db, url)
}
