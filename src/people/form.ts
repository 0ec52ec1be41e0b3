import { z } from 'zod'
import { Email } from '../access/form.ts'
import { NameText } from '../web/names.ts'
import { idText, wholeText } from '../web/numbers.ts'

export const PersonName = NameText()
export const PersonEmail = Email

/** A tenant as it is typed or chosen. */
const TenantText = z.string('Enter one tenant.').trim().max(10_000, 'This path is too long.')

/** The id of a role; empty is none. Whoever may not give roles has no such field. */
const RoleChoice = z
  .union([z.literal('').transform(() => null), idText()], 'Choose a role from the list.')
  .optional()

/** A person as commands take it. */
export type PersonInput = {
  name: string
  email: string
  role_id: number | null
  source?: 'typed' | 'imported'
}

/** What the page "New person" sends. */
export const NewPersonForm = z.strictObject({
  name: PersonName,
  email: PersonEmail,
  role: RoleChoice,
  tenant: TenantText,
})

/** What the tab Edit sends: everything, and the version that was being edited. */
export const EditPersonForm = NewPersonForm.extend({
  version: wholeText(1, Number.MAX_SAFE_INTEGER, 'Open this page again.'),
})
