import type { z } from 'zod'
import { Invalid } from '../errors.ts'
import { fieldErrors } from './form.ts'

/** Reads what stands in an address after the `?`. Throws Invalid on what the schema refuses. */
export function readQuery<Schema extends z.ZodType>(
  schema: Schema,
  query: unknown,
): z.infer<Schema> {
  const parsed = schema.safeParse(query)
  if (!parsed.success) throw new Invalid(fieldErrors(parsed.error))
  return parsed.data
}
