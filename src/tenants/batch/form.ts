import { z } from 'zod'
import { idText } from '../../web/numbers.ts'
import { TenantKindInput } from '../form.ts'
import { type Batch, batchActions } from './actions.ts'

const Id = idText('This is not a tenant.')

/** What the list sends: the rows that were ticked, or `match` and the filter that it shows. */
export const SelectionForm = z.strictObject({
  action: z.enum(batchActions, 'Choose what to do.'),
  ids: z.preprocess((sent) => [sent ?? []].flat(), z.array(Id)),
  match: z.literal('1').optional(),
  q: z.string().optional(),
  kind: z.string().optional(),
  active: z.string().optional(),
  overrides: z.string().optional(),
})

/** The new parent, as it is typed or chosen. */
export const ParentForm = z.strictObject({ parent: z.string('Choose one parent.').max(10_000) })

/** The new kind. */
export const KindForm = z.strictObject({ kind: TenantKindInput })

/** Deleting more tenants than this asks for their number. */
export const MANY = 10

const Reason = z
  .string('Give one reason, or none.')
  .trim()
  .max(500, 'Use 500 characters or fewer.')
  .transform((text) => text || null)

/** What is sent to confirm: a reason, and the number of tenants when many are to be deleted. */
export const confirmForm = ({ action, ids }: Batch) =>
  asksForNumber(action, ids.length)
    ? z.strictObject({
        reason: Reason,
        number: z
          .string('Type the number.')
          .refine((typed) => typed.trim() === String(ids.length), `Type ${ids.length} to go on.`),
      })
    : z.strictObject({ reason: Reason })

/** Whether the number of tenants has to be typed before they are deleted. */
export const asksForNumber = (action: Batch['action'], selected: number) =>
  action === 'delete' && selected > MANY
