import { z } from 'zod'
import { NameText } from '../../web/names.ts'
import { type Permission, permissionWords } from '../permissions.ts'

export const RoleName = NameText()

export const RoleDescription = z
  .string('Enter one description, or none.')
  .trim()
  .max(500, 'Use 500 characters or fewer.')
  .refine((text) => text.isWellFormed(), 'There is half a character in it. Type it again.')

const PermissionName = z.enum(
  Object.keys(permissionWords) as [Permission, ...Permission[]],
  'Choose permissions from the list.',
)

/** At least one: a role without any is a mistake. Whoever may not see a tenant may do nothing. */
export const PermissionList = z
  .array(PermissionName, 'Choose permissions from the list.')
  .min(1, 'Choose at least one permission.')
  .refine((list) => new Set(list).size === list.length, 'Name each permission once.')

/** A role as commands take it. */
export type RoleInput = {
  name: string
  description: string
  permissions: Permission[]
  requires_second_factor: boolean
}

/** As a form sends a new one: one checkbox arrives as a text, several as a list. */
export const NewRoleForm = z.strictObject({
  name: RoleName,
  description: RoleDescription,
  permissions: z.preprocess((sent) => (sent === undefined ? [] : [sent].flat()), PermissionList),
  requires_second_factor: z
    .literal('on')
    .optional()
    .transform((sent) => sent === 'on'),
})

export const RoleForm = NewRoleForm.extend({
  version: z.coerce.number().int().positive().optional(),
})

/** What can be changed of a built-in role. */
export const BuiltinRoleForm = RoleForm.pick({ requires_second_factor: true, version: true })
