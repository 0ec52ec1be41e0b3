import { z } from 'zod'
import { selectionFields, wholeField } from '../../jobs/batch.ts'
import { idText } from '../../web/numbers.ts'
import { batchActions } from './actions.ts'

/** What the list sends: the rows that were ticked, or `match` and the filter that it shows. */
export const SelectionForm = z.strictObject({
  ...selectionFields('This is not a computer.'),
  action: z.enum(batchActions, 'Choose what to do.'),
  tab: z.string().optional(),
  q: z.string().optional(),
  tenant: z.string().optional(),
  only: z.string().optional(),
  kind: z.string().optional(),
  platform: z.string().optional(),
  seen: z.string().optional(),
  maintenance: z.string().optional(),
  group: z.string().optional(),
  tag: z.string().optional(),
})

/** The tenant to which computers are to go, as it is typed or chosen. */
export const TenantForm = z.strictObject({
  tenant: z.string('Choose one tenant.').max(10_000),
  ...wholeField,
})

/** The person, by e-mail address or name; '' is nobody. */
export const PersonForm = z.strictObject({
  person: z.string('Enter one person, or none.').trim().max(300, 'This is too long.'),
  ...wholeField,
})

/** The tag that is given or taken. */
export const TagForm = z.strictObject({ tag: idText('Choose a tag from the list.'), ...wholeField })
