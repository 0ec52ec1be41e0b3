import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Db } from '../db/connection.ts'
import { type TenantHead, getTenantHead, readTenantId } from '../tenants/head.ts'
import { stateField } from '../web/list-state.ts'
import { view } from '../web/page.ts'
import { type CalendarDay, type Span, monthSpan, rangeOf, weekSpan, weeksOf } from './calendar.ts'
import { type Entries, listEntries } from './coming.ts'
import { localAt } from './local-time.ts'
import { zonesNow } from './tenant-zones.ts'

const page = view<{
  head: TenantHead
  span: Span
  weeks: CalendarDay[][]
  zone: string
  left_out: Omit<Entries, 'entries'>
}>('schedules/calendar')

const text = z.string().max(20)

const Query = z.object({
  month: stateField(text, ''),
  week: stateField<string | null>(text, null),
})

/** The windows of a tenant, by month or by week. */
export function calendarRoutes(app: FastifyInstance, db: Db) {
  app.get<{ Params: { id: string } }>(
    '/tenants/:id/calendar',
    { config: { permission: 'schedule.view', scope: 'tenant' } },
    async ({ actor, params, query }, reply) => {
      const { month, week } = Query.parse(query)
      const head = await getTenantHead(db, actor, readTenantId(params.id), 'calendar')
      const now = db.now()
      const zones = await zonesNow(db)
      const zone = zones.at(head.tenant.path)
      const today = Temporal.PlainDate.from(localAt(now, zone).slice(0, 10))
      const span = week === null ? monthSpan(month, today) : weekSpan(week, today)
      const range = rangeOf(span, zone)
      const found = await listEntries(db, actor, head.tenant, zones, range, now)
      const { entries, ...left_out } = found
      const weeks = weeksOf(span, entries, zone, today)
      return reply.page(page({ head, span, weeks, zone, left_out }))
    },
  )
}
