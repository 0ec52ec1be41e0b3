import { z } from 'zod'
import { tenantKinds } from './kinds.ts'

export const TenantName = z
  .string()
  .trim()
  .min(1, 'Enter a name.')
  .max(200, 'Use 200 characters or fewer.')
  .refine((name) => !/\p{Cc}/u.test(name), 'Leave out line breaks and control characters.')

export const TenantDescription = z.string().trim().max(2000, 'Use 2,000 characters or fewer.')

/** Letters and digits of any script in small letters, with single hyphens between. */
export const TenantSlug = z
  .string()
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
