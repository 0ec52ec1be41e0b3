import { z } from 'zod'
import { NextCursor, TenantId } from '../web/api-schemas.ts'
import { idText } from '../web/numbers.ts'
import type { CarriedTag } from './effective.ts'
import { tagColors, tagFields } from './form.ts'

const TagName = z.strictObject({ id: z.int(), name: z.string() })

/** The tags that something was given itself. */
export const OwnTags = z.array(TagName)

/** All tags that something carries. */
export const EffectiveTags = z
  .array(
    z.strictObject({
      id: z.int(),
      name: z.string(),
      from: z.array(
        z.strictObject({
          kind: z.enum(['own', 'tenant', 'person']),
          id: z
            .int()
            .nullable()
            .describe('Null for what is its own, and for a tenant that you may not see.'),
          name: z.string(),
        }),
      ),
    }),
  )
  .describe('With what covers it: tenants above, and the primary person of a computer.')

/** A tag with what it comes from, as the API shows it. */
export const describeTag = ({ id, name, origins }: CarriedTag) => ({
  id,
  name,
  from: origins.map((origin) =>
    origin.kind === 'own'
      ? { kind: origin.kind, id: null, name: '' }
      : {
          kind: origin.kind,
          id: origin.kind === 'tenant' && !origin.visible ? null : origin.id,
          name: origin.name,
        },
  ),
})

const ABOVE = 'Null where it was made above what you may see.'

/** A tag as the API shows it. */
export const TagResource = z
  .strictObject({
    id: z.int(),
    name: z.string(),
    color: z.enum(Object.keys(tagColors) as (keyof typeof tagColors)[]),
    tenant_id: z.int().nullable().describe(`Where it was made. ${ABOVE}`),
    description: z.string().nullable().describe(ABOVE),
    version: z.int().nullable().describe(`Rises with each change. ${ABOVE}`),
  })
  .meta({ id: 'Tag' })

export const TagList = z.strictObject({ tags: z.array(TagResource), next_cursor: NextCursor })

export const TagParams = z.strictObject({ id: idText('Give the id of a tag.') })

export const NewTag = z.strictObject({
  tenant_id: TenantId.describe('It can be used there and at all below.'),
  name: tagFields.name,
  color: tagFields.color.default('blue'),
  description: tagFields.description.default(''),
})

export const TagPatch = z
  .strictObject({
    ...tagFields,
    version: z.int('Give a version.').positive('Give a version.'),
  })
  .partial()
  .refine(({ version: _, ...changes }) => Object.keys(changes).length > 0, 'Say what to change.')
  .describe('What is left out stays. With `version`, refused (409) if the tag has another.')

/** Something that carries a tag, in an address. */
export const CarriedTagParams = z.strictObject({
  id: idText('Give the id of what carries it.'),
  tag_id: idText('Give the id of a tag.'),
})
