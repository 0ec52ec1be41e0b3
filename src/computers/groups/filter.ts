import { z } from 'zod'
import type { ComputerTab } from '../../db/computer-schema.ts'
import { maintenances } from '../conditions.ts'
import { computerKinds, platforms } from '../kinds.ts'
import { seenSpans } from '../seen.ts'

/** In which tabs of the list members may be: whatever is not deleted, or one of these. */
export const groupStates = ['present', 'active', 'new', 'stale'] as const

export type GroupState = (typeof groupStates)[number]

/** The tabs in which the members of a group are. Nothing that is deleted is a member. */
export const tabsOf = (state: GroupState): ComputerTab[] =>
  state === 'present' ? ['active', 'new', 'stale'] : [state]

const choice = <const Values extends readonly [string, ...string[]]>(values: Values) =>
  z
    .enum(values, `Give one of ${values.join(', ')}, or null.`)
    .nullable()
    .default(null)

/** The filter of a group, as it is kept and as the API shows it. */
export const GroupFilter = z.strictObject({
  state: z
    .enum(groupStates, `Give one of ${groupStates.join(', ')}.`)
    .default('present')
    .describe('The state of its members; `present` is each but deleted.'),
  q: z
    .string('Give one text.')
    .trim()
    .max(200, 'Use 200 characters or fewer.')
    .refine((text) => text.isWellFormed(), 'There is half a character in it. Type it again.')
    .refine((text) => !/\p{Cc}/u.test(text), 'Leave out line breaks and control characters.')
    .default('')
    .describe('Part of the name, the serial number or the primary person’s name.'),
  tenant_id: z
    .int('Give the id of a tenant, or null.')
    .positive('Give the id of a tenant, or null.')
    .nullable()
    .default(null)
    .describe('Only the computers of this tenant and below it.'),
  without_children: z
    .boolean('Give true or false.')
    .default(false)
    .describe('Only those of the tenant itself.'),
  tag_id: z
    .int('Give the id of a tag, or null.')
    .positive('Give the id of a tag, or null.')
    .nullable()
    .default(null)
    .describe('Only those that carry this tag, or that it covers.'),
  kind: choice(computerKinds),
  platform: choice(platforms),
  seen: choice(seenSpans),
  maintenance: choice(maintenances),
})
export type GroupFilter = z.infer<typeof GroupFilter>

/** The filter of every computer that is not deleted. */
export const EVERY_COMPUTER: GroupFilter = GroupFilter.parse({})

/** A filter as it was kept; null for one that this program cannot read. */
export function readFilter(json: string): GroupFilter | null {
  try {
    return GroupFilter.safeParse(JSON.parse(json)).data ?? null
  } catch {
    return null
  }
}
