import { z } from 'zod'
import type { CarriedTag } from './effective.ts'

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
