import { z } from 'zod'
import { NameText } from '../web/names.ts'
import { wholeText } from '../web/numbers.ts'
import { ZoneTextOrNone } from '../web/zones.ts'
import { computerKinds } from './kinds.ts'

export const ComputerName = NameText()

/** What a machine says of itself: one line, or nothing. */
const Fact = (label: string) =>
  z
    .string(`Enter one ${label}, or none.`)
    .trim()
    .max(200, 'Use 200 characters or fewer.')
    .refine((text) => text.isWellFormed(), 'There is half a character in it. Type it again.')
    .refine(
      (text) => !/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u.test(text),
      'Leave out line breaks and control characters.',
    )

export const ComputerKindInput = z.enum(computerKinds, 'Choose a kind.')

/** What a computer is, as far as it can be typed. */
export const facts = {
  name: ComputerName,
  kind: ComputerKindInput,
  serial_number: Fact('serial number'),
  manufacturer: Fact('manufacturer'),
  model: Fact('model'),
  hardware_uuid: Fact('UUID'),
  operating_system: Fact('operating system'),
  time_zone: ZoneTextOrNone,
}

export type ComputerFacts = z.infer<z.ZodObject<typeof facts>>

/** Somebody of the tenant, by e-mail address or name. */
const PersonText = z.string('Enter one person, or none.').trim().max(300, 'This is too long.')

/** Names of tags with semicolons between them; what is absent stays as it is. */
const TagsText = z.string('Enter names of tags.').trim().max(10_000, 'This is too long.').optional()

/** What the page "New computer" sends. */
export const NewComputerForm = z.strictObject({
  ...facts,
  time_zone: ZoneTextOrNone.default(''),
  tenant: z.string('Enter one tenant.').trim().max(10_000, 'This path is too long.'),
  person: PersonText,
  tags: TagsText,
})

/** What the tab Edit sends: everything but the tenant, and the version that was being edited. */
export const EditComputerForm = z.strictObject({
  ...facts,
  time_zone: ZoneTextOrNone.optional(),
  person: PersonText,
  tags: TagsText,
  version: wholeText(1, Number.MAX_SAFE_INTEGER, 'Open this page again.'),
})
