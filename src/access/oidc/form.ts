import { z } from 'zod'
import { NameText } from '../../web/names.ts'
import { idText } from '../../web/numbers.ts'
import { Issuer } from './issuer.ts'

const Text = (ask: string) =>
  z
    .string(ask)
    .trim()
    .min(1, ask)
    .max(500, 'Use 500 characters or fewer.')
    .regex(/^[\x20-\x7e]*$/, 'Use letters, digits and signs of plain ASCII.')

const Slug = z
  .string('Enter a short name.')
  .trim()
  .max(63, 'Use 63 characters or fewer.')
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'Use small letters, digits, and hyphens between them.')

const fields = {
  name: NameText(),
  tenant: z.string('Choose a tenant, or All tenants.').max(8000, 'This is too long.'),
  slug: Slug,
  issuer: Issuer,
  client_id: Text('Enter the client id.'),
  client_secret: z
    .string()
    .trim()
    .max(1000, 'Use 1000 characters or fewer.')
    .regex(/^[\x20-\x7e]*$/, 'Use letters, digits and signs of plain ASCII.')
    .optional(),
  vouches: z.literal('on').optional(),
}

export const NewProviderForm = z.strictObject(fields)
export const EditProviderForm = z.strictObject({ ...fields, version: idText() })

export type ProviderForm = z.infer<typeof NewProviderForm>
