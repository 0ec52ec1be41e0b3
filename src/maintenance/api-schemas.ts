import { z } from 'zod'
import { ReasonText } from '../jobs/batch.ts'
import { Flag, Instant, InstantText, NextCursor, Paging, TenantIdText } from '../web/api-schemas.ts'
import { idText } from '../web/numbers.ts'
import { statesInOrder } from './words.ts'

export const SessionParams = z.strictObject({ id: idText('Give the id of a session.') })
export const ScheduleParams = z.strictObject({ id: idText('Give the id of a schedule.') })
export const RunParams = z.strictObject({
  id: idText('Give the id of a schedule.'),
  run_id: idText('Give the id of a run.'),
})

/** Why something is run or cancelled. */
export const ReasonBody = z.strictObject({
  reason: ReasonText.default(''),
})

const session = {
  id: z.int(),
  tenant_id: z.int(),
  computer: z
    .strictObject({ id: z.int(), name: z.string() })
    .nullable()
    .describe('Null where you may not see computers.'),
  schedule: z.strictObject({ id: z.int(), name: z.string() }),
  run_id: z.int().describe('The window of the schedule in which it is.'),
  state: z.enum(statesInOrder),
  reason: z.string().describe('Why it came to that state; empty where that says it all.'),
  starts_at: Instant.describe('When it may start: in a spread, each computer has its own time.'),
  created_at: Instant,
  started_at: Instant.nullable(),
  ended_at: Instant.nullable(),
}

const ListedSession = z.strictObject(session).meta({ id: 'ListedSession' })
export type ListedSession = z.infer<typeof ListedSession>

/** One computer's turn in a window. */
export const SessionResource = z
  .strictObject({
    ...session,
    options: z.looseObject({}).describe('As they were in effect when the window opened.'),
  })
  .meta({ id: 'Session' })
export type SessionResource = z.infer<typeof SessionResource>

export const SessionList = z.strictObject({
  sessions: z.array(ListedSession),
  next_cursor: NextCursor,
})

export const SessionListQuery = Paging.extend({
  state: z.enum(statesInOrder, `Give one of ${statesInOrder.join(', ')}.`).optional(),
  tenant_id: TenantIdText.optional().describe('Only those at this tenant and below it.'),
  without_children: Flag.describe('Only those at the tenant itself.'),
  schedule_id: idText('Give the id of a schedule.').optional(),
  run_id: idText('Give the id of a run.').optional(),
  computer_id: idText('Give the id of a computer.').optional(),
  from: InstantText.optional().describe('Only those that were made then or later.'),
  to: InstantText.optional().describe('Only those that were made before.'),
})

/** One maintenance window that came, or that somebody ordered. */
export const RunResource = z
  .strictObject({
    id: z.int(),
    schedule_id: z.int(),
    zone: z.string(),
    local_start: z
      .string()
      .nullable()
      .describe('By the clock on the wall there; null for one that somebody ordered.'),
    starts_at: Instant,
    ends_at: Instant,
    detect_at: Instant,
    cause: z.enum(['due', 'caught_up', 'run_now']),
    state: z.enum(['open', 'queued', 'closed', 'cancelled', 'skipped']),
    reason: z.string(),
    opened_at: Instant,
    closed_at: Instant.nullable(),
    sessions: z
      .record(z.string(), z.int())
      .describe('How many sessions that you see are in which state.'),
  })
  .meta({ id: 'Run' })
export type RunResource = z.infer<typeof RunResource>

export const RunList = z.strictObject({ runs: z.array(RunResource), next_cursor: NextCursor })

/** What running a schedule at once came to. */
export const OrderedRuns = z
  .strictObject({
    id: z.int().describe('Of the first of its runs.'),
    runs: z.array(RunResource).describe('One for each of its times and zones.'),
  })
  .meta({ id: 'OrderedRuns' })
