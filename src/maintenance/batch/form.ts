import { z } from 'zod'
import { selectionFields } from '../../jobs/batch.ts'

/** What the list sends: the rows that were ticked, or `match` and the filter that it shows. */
export const SelectionForm = z.strictObject({
  ...selectionFields('This is not a session.'),
  action: z.literal('cancel', 'Choose what to do.'),
  state: z.string().optional(),
  tenant: z.string().optional(),
  only: z.string().optional(),
  schedule: z.string().optional(),
  computer: z.string().optional(),
  window: z.string().optional(),
  from: z.string().optional(),
  to: z.string().optional(),
})
