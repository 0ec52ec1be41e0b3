import { z } from 'zod'
import { NameText } from '../web/names.ts'
import { wholeText } from '../web/numbers.ts'
import { tenantKinds } from './kinds.ts'

export const TenantName = NameText()

/** May have several lines; however they were sent, they are kept with `\n` between them. */
export const TenantDescription = z
  .string('Enter one description, or none.')
  .trim()
  .overwrite((text) => text.replace(/\r\n?/g, '\n'))
  .max(2000, 'Use 2,000 characters or fewer.')
  .refine((text) => text.isWellFormed(), 'There is half a character in it. Type it again.')
  .refine((text) => !/[^\P{Cc}\n\t]/u.test(text), 'Leave out control characters.')

/** Letters and digits of any script in small letters, with single hyphens between. */
export const TenantSlug = z
  .string('Enter one slug.')
  .trim()
  .min(1, 'Enter a slug.')
  .max(100, 'Use 100 characters or fewer.')
  .regex(
    /^[\p{Ll}\p{Lo}\p{Lm}\p{Mark}\p{Number}]+(?:-[\p{Ll}\p{Lo}\p{Lm}\p{Mark}\p{Number}]+)*$/u,
    'Use small letters and digits, with hyphens between them.',
  )

export const TenantKindInput = z.enum(tenantKinds, 'Choose a kind from the list.')

/** A tenant as commands take it. Without a slug, one is made from the name. */
export type TenantInput = {
  name: string
  kind: z.infer<typeof TenantKindInput>
  description: string
  slug?: string | undefined
}

/** A parent as it is typed or chosen; `findParent` knows which tenant that is. */
const ParentText = z.string('Enter one parent.').trim().max(10_000, 'This path is too long.')

/** What a ticked box sends; one that is not ticked sends nothing. */
const Checkbox = z
  .literal('on', 'Tick the box, or leave it.')
  .optional()
  .transform((value) => value === 'on')

/** What the page "New tenant" sends. */
export const NewTenantForm = z.strictObject({
  name: TenantName,
  parent: ParentText,
  kind: TenantKindInput,
  slug: z.union([z.literal('').transform(() => undefined), TenantSlug]),
  description: TenantDescription,
})

/** What the tab Edit sends: everything, and the version that was being edited. */
export const EditTenantForm = NewTenantForm.extend({
  /** Only who may move the tenant is asked for it. */
  parent: ParentText.optional(),
  slug: TenantSlug,
  active: Checkbox,
  /** The new parent of which it was seen what would follow. */
  previewed: z.string().max(20).optional(),
  version: wholeText(1, Number.MAX_SAFE_INTEGER, 'Open this page again.'),
})
