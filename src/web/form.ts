import type { z } from 'zod'
import { Conflict, type FieldErrors, Forbidden, Invalid } from '../errors.ts'

/** A form as it is to be drawn: what was typed, and what is wrong with it. */
export type Form = { values: Record<string, string>; errors: FieldErrors }

/** A form that nobody has sent yet. */
export const freshForm = (values: Record<string, string> = {}): Form => ({ values, errors: {} })

type Parsed<Input> = { ok: true; input: Input } | { ok: false; form: Form }

/**
 * Checks what a form sent. Fields that the schema does not know, and fields sent twice where one
 * is wanted, are errors. What was typed is kept in the form, whatever is wrong with it.
 */
export function parseForm<Schema extends z.ZodType>(
  schema: Schema,
  body: unknown,
): Parsed<z.infer<Schema>> {
  const sent = (body ?? {}) as Record<string, unknown>
  const parsed = schema.safeParse(sent)
  if (parsed.success) return { ok: true, input: parsed.data }
  return { ok: false, form: { values: typed(sent), errors: fieldErrors(parsed.error) } }
}

/** The first message of each field; what concerns no field in particular is under ''. */
export function fieldErrors(error: z.ZodError): FieldErrors {
  const errors: FieldErrors = {}
  for (const issue of error.issues) {
    const field = issue.code === 'unrecognized_keys' ? '' : String(issue.path[0] ?? '')
    errors[field] ??= issue.message
  }
  return errors
}

/** The same form with one more message: for what only the database could tell. */
export const withError = (form: Form, field: string, message: string): Form => ({
  values: form.values,
  errors: { ...form.errors, [field]: message },
})

/** A form with the messages of a refusal at its fields. Throws on what is no refusal. */
export function withRefusal(form: Form, error: unknown): Form {
  if (error instanceof Invalid) return { values: form.values, errors: error.fields }
  if (error instanceof Forbidden || error instanceof Conflict)
    return withError(form, '', error.message)
  throw error
}

/** The values of a body as text, as a form shows them. */
export const typed = (body: unknown): Record<string, string> =>
  Object.fromEntries(
    Object.entries((body ?? {}) as Record<string, unknown>)
      .filter(([, value]) => typeof value === 'string')
      .map(([name, value]) => [name, value as string]),
  )

/** The fields of a form as text, for whoever checks them later. Throws Invalid on one sent twice. */
export function textFields(body: unknown) {
  const fields = typed(body)
  if (Object.keys(fields).length < Object.keys(body ?? {}).length)
    throw new Invalid({ '': 'A field was sent twice.' })
  return fields
}

/** Throws Invalid if a form sent anything: where no fields are wanted, one that does is not ours. */
export function refuseFields(body: unknown) {
  if (Object.keys(body ?? {}).length > 0) throw new Invalid({ '': 'This takes no fields.' })
}

/** `refuseFields` as the `preHandler` of a route that wants none. */
export const takesNoFields = async ({ body }: { body: unknown }) => refuseFields(body)
