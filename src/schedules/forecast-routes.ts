import type { FastifyInstance } from 'fastify'
import { getComputerHead, readComputerId } from '../computers/head.ts'
import type { Db } from '../db/connection.ts'
import { findCurrent } from '../maintenance/queries.ts'
import { getTenantHead, readTenantId } from '../tenants/head.ts'
import { forecastComputer } from './computer-forecast.ts'
import { forecastSchedule } from './forecast.ts'
import { getScheduleHead, readScheduleId } from './head.ts'
import { views } from './forecast-views.ts'
import { forecastTenant } from './tenant-forecast.ts'

type Id = { Params: { id: string } }

/** The pages that say which windows will come, and to whom. */
export function forecastRoutes(app: FastifyInstance, db: Db) {
  forecastSchedules(app, db)
  forecastPlaces(app, db)
}

/** Of a schedule. */
function forecastSchedules(app: FastifyInstance, db: Db) {
  app.get<Id>(
    '/schedules/:id/forecast',
    { config: { permission: 'schedule.view', scope: 'anywhere' } },
    async ({ actor, params }, reply) => {
      const head = await getScheduleHead(db, actor, readScheduleId(params.id), 'forecast')
      return reply.page(
        views.schedule({ head, forecast: await forecastSchedule(db, actor, head.schedule) }),
      )
    },
  )
}

/** Of what reaches a tenant, or a computer. */
function forecastPlaces(app: FastifyInstance, db: Db) {
  app.get<Id>(
    '/tenants/:id/forecast',
    { config: { permission: 'schedule.view', scope: 'tenant' } },
    async ({ actor, params }, reply) => {
      const id = readTenantId(params.id)
      const head = await getTenantHead(db, actor, id, 'calendar')
      const forecast = await forecastTenant(db, actor, head.tenant)
      return reply.page(views.tenant({ head, forecast }))
    },
  )

  app.get<Id>(
    '/computers/:id/maintenance',
    { config: { permission: 'schedule.view', scope: 'anywhere' } },
    async ({ actor, params }, reply) => {
      const id = readComputerId(params.id)
      const head = await getComputerHead(db, actor, id, 'maintenance', 'schedule.view')
      const forecast = await forecastComputer(db, actor, head.computer)
      const next = forecast.lines.find(({ starts_at }) => starts_at !== null) ?? null
      const current = (await findCurrent(db, actor, head.computer)) ?? null
      return reply.page(views.computer({ head, ...forecast, next, current }))
    },
  )
}
