import { z } from 'zod'
import { Reason, selectionFields } from '../jobs/batch.ts'
import { Invalid } from '../errors.ts'
import type { Choices } from './part.ts'

/** What the list, or the page of a tenant, sends: which tenants are to be merged. */
export const SourcesForm = z.strictObject({
  ...selectionFields('This is not a tenant.'),
  q: z.string().optional(),
  kind: z.string().optional(),
  active: z.string().optional(),
  overrides: z.string().optional(),
})

/** So many tenants can be merged at once. */
export const MAX_SOURCES = 50

/** Where to, and how; each further field is a choice for the conflict that it names. */
export const WantedForm = z
  .object({
    destination: z.string('Choose one destination.').max(10_000),
    fate: z.enum(['delete', 'keep'], 'Choose what becomes of the tenant.'),
  })
  .catchall(z.string())

const CONFLICT_ID = /^[a-z-]+:[1-9]\d{0,14}$/

/** The choices of a form. Throws Invalid for a field that is none. */
export function readChoices(fields: Record<string, string>): Choices {
  if (!Object.keys(fields).every((name) => CONFLICT_ID.test(name)))
    throw new Invalid({ '': 'A field is not known.' })
  return fields
}

/** What is typed to confirm: the name of the source, or how many they are. */
export const confirmForm = (sources: { name: string }[]) => {
  const expected = expectedText(sources)
  return z.strictObject({
    reason: Reason,
    name: z
      .string('Type it once.')
      .refine((typed) => typed.trim() === expected, `Type ${expected} to go on.`),
  })
}

/** What has to be typed. */
export const expectedText = (sources: { name: string }[]) =>
  sources.length === 1 ? sources[0]!.name : String(sources.length)
