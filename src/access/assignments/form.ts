import { z } from 'zod'
import { idText } from '../../web/numbers.ts'
import { LastingFields } from './lasting.ts'

export const ReasonText = z
  .string('Enter one reason, or none.')
  .trim()
  .max(500, 'Use 500 characters or fewer.')
  .refine((text) => text.isWellFormed(), 'There is half a character in it. Type it again.')

/** How the form writes a denial of everything, which is no role. */
export const EVERYTHING_CHOICE = 'everything'

export const AssignmentForm = z
  .strictObject({
    who: z.string('Choose one person or group.').max(1000, 'This is too long.'),
    tenant: z.string('Choose one tenant.').max(10_000, 'This path is too long.'),
    effect: z.enum(['allow', 'deny'], 'Choose whether to give or to deny.'),
    role: z.union(
      [z.literal(EVERYTHING_CHOICE).transform(() => null), idText()],
      'Choose a role from the list.',
    ),
    ...LastingFields,
    reason: ReasonText.default(''),
  })
  .refine(({ effect, role }) => role !== null || effect === 'deny', {
    path: ['role'],
    message: 'Everything can be denied; to give it, choose the role Administrator.',
  })
