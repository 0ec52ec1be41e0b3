import { z } from 'zod'
import { ReasonText } from '../jobs/batch.ts'

/** Why something runs or is cancelled: for the history, if somebody wants to say. */
export const ReasonForm = z.strictObject({
  reason: ReasonText,
})
