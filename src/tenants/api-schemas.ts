import { z } from 'zod'
import { EffectiveTags } from '../tags/api-schemas.ts'
import { idText } from '../web/numbers.ts'
import { NextCursor, Paging, TenantId, TenantIdText } from '../web/api-schemas.ts'
import { TenantDescription, TenantKindInput, TenantName, TenantSlug } from './form.ts'
import { tenantKinds } from './kinds.ts'

export const TenantParams = z.strictObject({ id: TenantIdText })

/** A tenant as the API shows it. */
export const TenantResource = z
  .strictObject({
    id: z.int(),
    name: z.string(),
    slug: z.string(),
    kind: z.enum(['root', ...tenantKinds]),
    description: z.string(),
    parent_id: z
      .int()
      .nullable()
      .describe('Null for "All tenants", and where you may not see the parent.'),
    path: z
      .array(z.strictObject({ id: z.int().nullable(), name: z.string() }))
      .describe(
        'From "All tenants" down to the tenant itself; of those that you may not see, the name alone.',
      ),
    active: z.boolean(),
    blocks_inheritance: z.boolean(),
    tags: z.array(z.strictObject({ id: z.int(), name: z.string(), covers_children: z.boolean() })),
    effective_tags: EffectiveTags,
    version: z.int().describe('Rises with each change.'),
  })
  .meta({ id: 'Tenant' })
export type TenantResource = z.infer<typeof TenantResource>

export const TenantList = z.strictObject({
  tenants: z.array(TenantResource),
  next_cursor: NextCursor,
})

export const TenantListQuery = Paging.extend({
  parent_id: TenantIdText.optional().describe('Only the children of this tenant.'),
  q: z
    .string('Give one text.')
    .max(200, 'Use 200 characters or fewer.')
    .default('')
    .describe('Part of the name or the slug; if one or two characters, the beginning.'),
  kind: TenantKindInput.optional(),
  tag_id: idText('Give the id of a tag.')
    .optional()
    .describe('Only those that carry this tag, themselves or from above.'),
})

export const NewTenant = z.strictObject({
  name: TenantName,
  parent_id: TenantId.prefault('root'),
  kind: TenantKindInput.optional().describe(
    'Without it: client under "All tenants", branch_office elsewhere.',
  ),
  description: TenantDescription.default(''),
  slug: TenantSlug.optional().describe('Without it, one is made from the name.'),
})

export const TenantPatch = z
  .strictObject({
    name: TenantName,
    slug: TenantSlug,
    kind: TenantKindInput,
    description: TenantDescription,
    parent_id: TenantId,
    active: z.boolean('Give true or false.'),
    blocks_inheritance: z.boolean('Give true or false.'),
    version: z.int('Give a version.').positive('Give a version.'),
  })
  .partial()
  .refine(({ version: _, ...changes }) => Object.keys(changes).length > 0, 'Say what to change.')
  .describe('What is left out stays. With `version`, refused (409) if the tenant has another.')
