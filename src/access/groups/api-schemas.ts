import { z } from 'zod'
import { NextCursor, TenantId } from '../../web/api-schemas.ts'
import { idText } from '../../web/numbers.ts'
import { GroupDescription, GroupName } from './form.ts'

/** A group as the API shows it. */
export const GroupResource = z
  .strictObject({
    id: z.int(),
    tenant_id: z.int().describe('Where it belongs, and its members do.'),
    name: z.string(),
    description: z.string(),
    members: z.int().describe('How many there are.'),
    version: z.int().describe('Rises with each change.'),
  })
  .meta({ id: 'Group' })

export const GroupList = z.strictObject({
  groups: z.array(GroupResource),
  next_cursor: NextCursor,
})

export const MemberList = z.strictObject({
  members: z.array(
    z.strictObject({
      id: z.int(),
      name: z.string(),
      email: z.string().nullable().describe('Null for who may not see people there.'),
      role_id: z.int().nullable(),
      active: z.boolean(),
    }),
  ),
  next_cursor: NextCursor,
})

export const NewGroup = z.strictObject({
  name: GroupName,
  description: GroupDescription.default(''),
  tenant_id: TenantId,
})

export const GroupPatch = z
  .strictObject({
    name: GroupName,
    description: GroupDescription,
    version: z.int('Give a version.').positive('Give a version.'),
  })
  .partial()
  .refine(({ version: _, ...changes }) => Object.keys(changes).length > 0, 'Say what to change.')
  .describe('What is left out stays. With `version`, refused (409) if the group has another.')

export const GroupParams = z.strictObject({ id: idText('Give the id of a group.') })

export const MemberParams = GroupParams.extend({
  person_id: idText('Give the id of a person.'),
})
