import { z } from 'zod'
import { NameText } from '../../web/names.ts'
import { idText } from '../../web/numbers.ts'
import { ReasonText } from '../assignments/form.ts'
import { LastingFields } from '../assignments/lasting.ts'

export const AskForm = z.strictObject({
  asked_for: NameText('Enter the slug or the name of a tenant.'),
  message: ReasonText.default(''),
})

export const GrantForm = z.strictObject({
  role: idText('Choose a role from the list.'),
  ...LastingFields,
})

export const DenialForm = z.strictObject({
  reason: ReasonText.min(1, 'Say why: it is told to whoever asked.'),
})
