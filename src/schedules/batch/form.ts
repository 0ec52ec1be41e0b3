import { z } from 'zod'
import { selectionFields } from '../../jobs/batch.ts'
import { batchActions } from './actions.ts'

/** What the list sends: the rows that were ticked, or `match` and the filter that it shows. */
export const SelectionForm = z.strictObject({
  ...selectionFields('This is not a schedule.'),
  action: z.enum(batchActions, 'Choose what to do.'),
  tab: z.string().optional(),
  q: z.string().optional(),
  tenant: z.string().optional(),
  only: z.string().optional(),
})
