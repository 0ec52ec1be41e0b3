import { z } from 'zod'
import { idText, wholeText } from './numbers.ts'
import { parseInstant } from './time.ts'

/** For a route that takes no query parameters. */
export const NoQuery = z.strictObject({})

/** "All tenants", which an address may also call `root`. */
const ROOT_ID = 1

const Root = z.literal('root').transform(() => ROOT_ID)

/** The id of a tenant in an address. */
export const TenantIdText = z
  .union([Root, idText()], 'Give the id of a tenant, or root.')
  .describe('The id of a tenant; `root` stands for that of "All tenants".')

/** The id of a tenant in a body. */
export const TenantId = z
  .union([Root, z.int().positive()], 'Give the id of a tenant, or root.')
  .describe('The id of a tenant; `root` stands for that of "All tenants".')

/** An instant as it was sent, with any offset; read as it is stored, in UTC. */
export const InstantText = z
  .string('Give an instant such as 2026-11-24T09:00:00Z.')
  .transform((text, context) => {
    const instant = parseInstant(text)
    if (instant === undefined)
      context.addIssue({ code: 'custom', message: 'Give an instant such as 2026-11-24T09:00:00Z.' })
    return instant!
  })
  .meta({ format: 'date-time' })

/** An instant in an answer. */
export const Instant = z.string().meta({ format: 'date-time' })

/** What pages a list: how many at once, and after which place. */
export const Paging = z.strictObject({
  limit: wholeText(1, 200, 'Give a number from 1 to 200.').default(50),
  cursor: z
    .string('Give one cursor.')
    .min(1, 'Give a cursor, or leave it out.')
    .optional()
    .describe('`next_cursor` of the page before; without it, the list begins.'),
})

/** Where a list goes on, in an answer. */
export const NextCursor = z
  .string()
  .nullable()
  .describe('What to send as `cursor` for the next page; null at the end.')

/** A switch in an address. */
export const Flag = z
  .enum(['true', 'false'], 'Give true or false.')
  .default('false')
  .transform((text) => text === 'true')

/** Of the answer 204. */
export const Nothing = z.null().describe('Done; there is nothing to say.')

/** Every refusal (RFC 9457). */
export const Problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    errors: z
      .record(z.string(), z.string())
      .optional()
      .describe('What is wrong, by field; an empty name stands for the whole.'),
    current: z.unknown().optional().describe('What is there now, when an older version was sent.'),
    request_id: z.string().describe('What the log of the server calls the request.'),
  })
  .meta({ id: 'Problem' })
