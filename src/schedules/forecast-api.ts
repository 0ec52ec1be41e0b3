import { z } from 'zod'
import type { Db } from '../db/connection.ts'
import type { Api } from '../web/api.ts'
import { Instant } from '../web/api-schemas.ts'
import { ScheduleParams } from './api-schemas.ts'
import { type ForetoldWindow, forecastSchedule } from './forecast.ts'
import { getSchedule } from './queries.ts'

const ForetoldWindowResource = z
  .strictObject({
    opens_at: Instant,
    closes_at: Instant,
    local_start: z.string().describe('What the clock shows there when it opens.'),
    covered: z.string().describe('How many computers that you see it covers, in words.'),
    marks: z
      .array(
        z.strictObject({
          kind: z.enum(['clock', 'business', 'freeze', 'overlap']),
          words: z.string(),
        }),
      )
      .describe('Clock changes, business hours, freeze periods and other windows that it meets.'),
  })
  .meta({ id: 'ForetoldWindow' })

const ForecastResource = z
  .strictObject({
    zones: z.array(
      z.strictObject({
        zone: z.string(),
        times_in_words: z
          .string()
          .nullable()
          .describe('Where a tenant gave it times of its own; null for the schedule’s.'),
        windows: z.array(ForetoldWindowResource),
      }),
    ),
    more_zones: z.int().describe('Further zones that are not shown.'),
    problem: z.string().describe('Why it covers nobody; empty where it does.'),
  })
  .meta({ id: 'Forecast' })

/** Which windows of a schedule will come. */
export function forecastApi(api: Api, db: Db) {
  api.get(
    '/schedules/:id/forecast',
    {
      config: { permission: 'schedule.view', scope: 'anywhere' },
      schema: {
        operationId: 'forecastSchedule',
        summary: 'The next 20 windows of a schedule in each zone, as if it were enabled',
        tags: ['schedules'],
        params: ScheduleParams,
        response: { 200: ForecastResource },
      },
    },
    async ({ actor, params }) => {
      const schedule = await getSchedule(db, actor, params.id)
      const { sections, more_zones, problem } = await forecastSchedule(db, actor, schedule)
      const zones = sections.map(({ zone, times, windows }) => ({
        zone,
        times_in_words: times || null,
        windows: windows.map(toResource),
      }))
      return { zones, more_zones, problem }
    },
  )
}

const toResource = ({ opens_at, closes_at, there, covered, marks }: ForetoldWindow) => ({
  opens_at,
  closes_at,
  local_start: there.replace(' ', 'T'),
  covered,
  marks,
})
