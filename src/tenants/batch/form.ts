import { z } from 'zod'
import { selectionFields, wholeField } from '../../jobs/batch.ts'
import { idText } from '../../web/numbers.ts'
import { TenantKindInput } from '../form.ts'
import { batchActions } from './actions.ts'

/** What the list sends: the rows that were ticked, or `match` and the filter that it shows. */
export const SelectionForm = z.strictObject({
  ...selectionFields('This is not a tenant.'),
  action: z.enum(batchActions, 'Choose what to do.'),
  q: z.string().optional(),
  kind: z.string().optional(),
  active: z.string().optional(),
  overrides: z.string().optional(),
  tag: z.string().optional(),
})

/** The new parent, as it is typed or chosen. */
export const ParentForm = z.strictObject({
  parent: z.string('Choose one parent.').max(10_000),
  ...wholeField,
})

/** The new kind. */
export const KindForm = z.strictObject({ kind: TenantKindInput, ...wholeField })

const Tag = idText('Choose a tag from the list.')

/** The tag that is given, and whether it covers the tenants below. */
export const AddTagForm = z.strictObject({
  tag: Tag,
  covers: z.literal('on', 'Tick this, or do not.').optional(),
  ...wholeField,
})

/** The tag that is taken. */
export const RemoveTagForm = z.strictObject({ tag: Tag, ...wholeField })
