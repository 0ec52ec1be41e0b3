import { takenColumns } from '../db/constraints.ts'
import { type FieldErrors, Forbidden, Invalid } from '../errors.ts'
import type { Form } from '../web/form.ts'

/** A tenant form with the messages of a refusal at its fields. Throws on what is no refusal. */
export function withRefusal(form: Form, error: unknown): Form {
  const { parent_id, ...fields } = refusedFields(error)
  return { values: form.values, errors: parent_id ? { ...fields, parent: parent_id } : fields }
}

/** The status with which such a form comes back. */
export const statusOf = (error: unknown) => (error instanceof Forbidden ? 403 : 422)

function refusedFields(error: unknown): FieldErrors {
  if (error instanceof Invalid) return error.fields
  if (error instanceof Forbidden) return { '': error.message }
  const taken = takenColumns(error)
  if (taken?.includes('slug')) return { slug: 'This slug has just been taken.' }
  if (taken?.includes('name_key')) return { name: 'This name has just been taken.' }
  throw error
}
