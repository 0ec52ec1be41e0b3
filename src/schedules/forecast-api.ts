import { z } from 'zod'
import type { Actor } from '../access/actor.ts'
import type { Db } from '../db/connection.ts'
import { preview } from '../db/operation.ts'
import type { Api } from '../web/api.ts'
import { Instant } from '../web/api-schemas.ts'
import { NewSchedule, ScheduleParams } from './api-schemas.ts'
import { listCandidates } from './chosen.ts'
import { createAsSent } from './creating.ts'
import { forecastSchedule } from './forecast.ts'
import type { ForecastSection, Forecast, ForetoldWindow } from './foretelling.ts'
import { UNSAVED, getSchedule } from './queries.ts'

const local = (whose: string) => z.string().describe(`What the clock shows ${whose} when it opens.`)

const CoveredResource = z
  .strictObject({
    computers: z.int().describe('How many computers that you see it covers.'),
    frozen: z.int().describe('Those of them that a freeze period keeps from starting.'),
    is_at_least: z.boolean().describe('Whether there may be more: not all were counted.'),
    words: z.string(),
  })
  .meta({ id: 'Covered' })

const ForetoldWindowResource = z
  .strictObject({
    opens_at: Instant,
    closes_at: Instant,
    local_start: local('there'),
    tenant_local_start: local('at the tenant that owns the schedule'),
    covered: CoveredResource,
    marks: z
      .array(
        z.strictObject({
          kind: z.enum(['clock', 'business', 'freeze', 'overlap']),
          words: z.string(),
          computers: z
            .int()
            .nullable()
            .describe('For how many of those that it covers; null: all.'),
        }),
      )
      .describe('Clock changes, business hours, freeze periods and other windows that it meets.'),
  })
  .meta({ id: 'ForetoldWindow' })

const ForecastResource = z
  .strictObject({
    tenant_zone: z.string().describe('The time zone of the tenant that owns the schedule.'),
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

/** Which windows of a schedule will come, as it is or as it would be. */
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
    async ({ actor, params }) =>
      toResource(await forecastSchedule(db, actor, await getSchedule(db, actor, params.id))),
  )

  api.post(
    '/schedules/forecast',
    {
      config: { permission: 'schedule.edit', scope: 'anywhere' },
      schema: {
        operationId: 'forecastNewSchedule',
        summary:
          'The windows that a schedule would have, which is refused as it would be, and not made',
        tags: ['schedules'],
        body: NewSchedule,
        response: { 200: ForecastResource },
      },
    },
    async ({ actor, body }) => toResource(await forecastNew(db, actor, body)),
  )
}

async function forecastNew(db: Db, actor: Actor, body: z.infer<typeof NewSchedule>) {
  const made = await preview(db, actor, async (tx) =>
    getSchedule(tx, actor, await createAsSent(tx, actor, body)),
  )
  const schedule = { ...made, id: UNSAVED }
  if (schedule.target !== 'computers') return forecastSchedule(db, actor, schedule)
  const chosen = await listCandidates(db, actor, body.computer_ids, schedule.target_kinds)
  return forecastSchedule(db, actor, schedule, chosen)
}

const toResource = ({ sections, tenant_zone, more_zones, problem }: Forecast) => ({
  tenant_zone,
  zones: sections.map(toZone),
  more_zones,
  problem,
})

const toZone = ({ zone, times, windows }: ForecastSection) => ({
  zone,
  times_in_words: times || null,
  windows: windows.map(toWindow),
})

const toWindow = ({ covered, ...window }: ForetoldWindow) => ({
  opens_at: window.opens_at,
  closes_at: window.closes_at,
  local_start: window.there.replace(' ', 'T'),
  tenant_local_start: window.at_tenant.replace(' ', 'T'),
  covered: {
    computers: covered.computers,
    frozen: covered.frozen,
    is_at_least: covered.is_partial,
    words: covered.words,
  },
  marks: window.marks,
})
