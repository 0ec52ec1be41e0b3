import { z } from 'zod'
import { NextCursor, Paging, TenantIdText } from '../web/api-schemas.ts'
import { idText, wholeText } from '../web/numbers.ts'
import { shownTimes, timesFields } from './api-schemas.ts'

export const TenantParams = z.strictObject({ id: TenantIdText })

export const StandingParams = z.strictObject({
  id: TenantIdText,
  schedule_id: idText('Give the id of a schedule.'),
})

/** A tenant on the way; without its id where it is one that the reader may not see. */
const Node = { tenant_id: z.int().nullable(), name: z.string() }

const Decision = {
  form: z
    .enum(['off', 'on', 'own'])
    .describe('Switched off; as its owner decided it; or with times of its own.'),
}

/** A schedule as it stands for a tenant. */
export const StandingResource = z
  .strictObject({
    ...shownTimes,
    id: z.int(),
    name: z.string(),
    state: z.enum(['enabled', 'disabled', 'deleted']),
    locked: z.boolean(),
    owner: z.strictObject(Node),
    effect: z
      .enum(['on', 'off', 'blocked'])
      .describe('Blocked: not inherited, since a tenant blocks inheritance.'),
    decided_by: z.strictObject(Node).describe('Who decided so, or whose times count.'),
    decisions: z
      .array(
        z.strictObject({
          ...Node,
          ...Decision,
          verdict: z.enum(['won', 'overridden', 'blocked', 'locked_out']),
        }),
      )
      .describe('Every decision on the way, from the owner down, and what became of it.'),
    version: z.int().describe('Of the tenant’s own decision; 0 while it has none.'),
  })
  .meta({ id: 'StandingSchedule' })
export type StandingResource = z.infer<typeof StandingResource>

export const StandingList = z.strictObject({
  schedules: z.array(StandingResource),
  next_cursor: NextCursor,
})

export const StandingQuery = Paging

const version = z
  .int('Give a version.')
  .min(0, 'Give a version.')
  .optional()
  .describe('Of the own decision, 0 for none. When it has another by now: refused (409).')

/** What a tenant decides about a schedule that it inherits. */
export const OverrideBody = z.discriminatedUnion(
  'form',
  [
    z.strictObject({ form: z.enum(['off', 'on']), version }),
    z.strictObject({
      form: z.literal('own'),
      ...timesFields,
      zone: timesFields.zone.default(null),
      version,
    }),
  ],
  'Give one of off, on, own.',
)

export const EndQuery = z.strictObject({
  version: wholeText(0, Number.MAX_SAFE_INTEGER, 'Give a version.')
    .optional()
    .describe('As in the body that decides.'),
})
