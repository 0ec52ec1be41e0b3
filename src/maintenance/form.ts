import { z } from 'zod'

/** Why something runs or is cancelled: for the history, if somebody wants to say. */
export const ReasonForm = z.strictObject({
  reason: z.string('Give one reason, or none.').trim().max(500, 'Use 500 characters or fewer.'),
})
