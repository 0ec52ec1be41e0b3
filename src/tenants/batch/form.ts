import { z } from 'zod'
import { selectionFields, wholeField } from '../../jobs/batch.ts'
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
})

/** The new parent, as it is typed or chosen. */
export const ParentForm = z.strictObject({
  parent: z.string('Choose one parent.').max(10_000),
  ...wholeField,
})

/** The new kind. */
export const KindForm = z.strictObject({ kind: TenantKindInput, ...wholeField })
