import { z } from 'zod'
import { selectionFields, wholeField } from '../../jobs/batch.ts'
import { idText } from '../../web/numbers.ts'
import { batchActions } from './actions.ts'

/** What the list sends: the rows that were ticked, or `match` and the filter that it shows. */
export const SelectionForm = z.strictObject({
  ...selectionFields('This is not a person.'),
  action: z.enum(batchActions, 'Choose what to do.'),
  q: z.string().optional(),
  tenant: z.string().optional(),
  alone: z.string().optional(),
  role: z.string().optional(),
  source: z.string().optional(),
  state: z.string().optional(),
  tag: z.string().optional(),
})

/** The new tenant, as it is typed or chosen. */
export const TenantForm = z.strictObject({
  tenant: z.string('Choose one tenant.').max(10_000),
  ...wholeField,
})

/** The tag to add or remove. */
export const TagForm = z.strictObject({ tag: idText('Choose a tag from the list.'), ...wholeField })
