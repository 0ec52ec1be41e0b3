import { z } from 'zod'
import { NextCursor, Paging, TenantId } from '../../web/api-schemas.ts'
import { idText } from '../../web/numbers.ts'
import { ComputerResource } from '../api-schemas.ts'
import { EVERY_COMPUTER, GroupFilter } from './filter.ts'
import { GroupDescription, GroupName } from './form.ts'

/** A group as the API shows it. */
export const ComputerGroupResource = z
  .strictObject({
    id: z.int(),
    tenant_id: z.int().describe('Whose it is. Its members are at this tenant or below it.'),
    name: z.string(),
    description: z.string(),
    filter: GroupFilter.nullable().describe('Null for one that this version cannot read.'),
    problem: z
      .string()
      .nullable()
      .describe('Why the filter cannot be used, so that the group has no members.'),
    version: z.int().describe('Rises with each change.'),
  })
  .meta({ id: 'ComputerGroup' })
export type ComputerGroupResource = z.infer<typeof ComputerGroupResource>

export const ComputerGroupList = z.strictObject({
  groups: z.array(ComputerGroupResource),
  next_cursor: NextCursor,
})

export const MemberList = z.strictObject({
  computers: z
    .array(ComputerResource)
    .describe('By name; first those that are active, then new ones, then stale ones.'),
  next_cursor: NextCursor,
})

export const ComputerGroupListQuery = Paging.extend({
  q: z
    .string('Give one text.')
    .max(200, 'Use 200 characters or fewer.')
    .default('')
    .describe('Part of the name.'),
})

export const ComputerGroupParams = z.strictObject({ id: idText('Give the id of a group.') })

export const NewComputerGroup = z.strictObject({
  tenant_id: TenantId,
  name: GroupName,
  description: GroupDescription.default(''),
  filter: GroupFilter.default(EVERY_COMPUTER),
})

export const ComputerGroupPatch = z
  .strictObject({
    name: GroupName,
    description: GroupDescription,
    filter: GroupFilter.describe('Replaces the filter; what it leaves out is not asked for.'),
    version: z.int('Give a version.').positive('Give a version.'),
  })
  .partial()
  .refine(({ version: _, ...changes }) => Object.keys(changes).length > 0, 'Say what to change.')
  .describe('What is left out stays. With `version`, refused (409) if the group has another.')
