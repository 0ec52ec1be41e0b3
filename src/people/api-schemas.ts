import { z } from 'zod'
import { Flag, NextCursor, Paging, TenantIdText } from '../web/api-schemas.ts'
import { idText } from '../web/numbers.ts'
import { PersonEmail, PersonName } from './form.ts'

export const PersonParams = z.strictObject({ id: idText('Give the id of a person.') })

const RoleId = z
  .int('Give the id of a role, or null.')
  .positive('Give the id of a role, or null.')
  .nullable()
  .describe('Null for somebody who cannot sign in.')

const TenantId = z.int('Give the id of a tenant.').positive('Give the id of a tenant.')

/** A person as the API shows them. */
export const PersonResource = z
  .strictObject({
    id: z.int(),
    name: z.string(),
    email: z.string(),
    tenant_id: z.int(),
    role_id: z.int().nullable(),
    active: z.boolean(),
    source: z.enum(['typed', 'imported']),
    invited_at: z.string().nullable().describe('When an invitation was sent that is still open.'),
    tags: z.array(z.strictObject({ id: z.int(), name: z.string() })),
    version: z.int().describe('Rises with each change.'),
  })
  .meta({ id: 'Person' })
export type PersonResource = z.infer<typeof PersonResource>

export const PersonList = z.strictObject({
  people: z.array(PersonResource),
  next_cursor: NextCursor,
})

export const PersonListQuery = Paging.extend({
  q: z
    .string('Give one text.')
    .max(200, 'Use 200 characters or fewer.')
    .default('')
    .describe('Part of the name or the address; if one or two characters, the beginning.'),
  tenant_id: TenantIdText.optional().describe('Only people of this tenant and of those below it.'),
  alone: Flag.describe('Without those below it.'),
  role_id: z
    .union([z.literal('none'), idText()], 'Give the id of a role, or none.')
    .optional()
    .describe('`none` stands for those who cannot sign in.'),
  state: z.enum(['active', 'deactivated', 'invited'], 'Choose a state.').optional(),
  source: z.enum(['typed', 'imported'], 'Choose a source.').optional(),
  tag_id: idText('Give the id of a tag.').optional().describe('Only those who carry this tag.'),
})

export const NewPerson = z.strictObject({
  name: PersonName,
  email: PersonEmail,
  tenant_id: TenantId,
  role_id: RoleId.default(null),
})

export const PersonPatch = z
  .strictObject({
    name: PersonName,
    email: PersonEmail,
    tenant_id: TenantId,
    role_id: RoleId,
    active: z.boolean('Give true or false.'),
    version: z.int('Give a version.').positive('Give a version.'),
  })
  .partial()
  .refine(({ version: _, ...changes }) => Object.keys(changes).length > 0, 'Say what to change.')
  .describe('What is left out stays. With `version`, refused (409) if the person has another.')
