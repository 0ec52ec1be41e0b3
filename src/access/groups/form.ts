import { z } from 'zod'
import { NameText } from '../../web/names.ts'

export const GroupName = NameText()

export const GroupDescription = z
  .string('Enter one description, or none.')
  .trim()
  .max(500, 'Use 500 characters or fewer.')
  .refine((text) => text.isWellFormed(), 'There is half a character in it. Type it again.')

export type GroupInput = { name: string; description: string }

export const NewGroupForm = z.strictObject({
  name: GroupName,
  description: GroupDescription,
  tenant: z.string('Choose one tenant.').max(10_000, 'This path is too long.'),
})

export const GroupForm = z.strictObject({
  name: GroupName,
  description: GroupDescription,
  version: z.coerce.number('Open the group anew, and try again.').int().positive(),
})

export const MemberForm = z.strictObject({
  email: z
    .string('Enter one e-mail address.')
    .trim()
    .min(1, 'Enter an e-mail address.')
    .max(254, 'Use 254 characters or fewer.'),
})
