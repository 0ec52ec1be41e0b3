import type { Actor } from '../access/actor.ts'
import { permitsSomewhere } from '../access/decide.ts'
import type { Db } from '../db/connection.ts'
import { takenColumns } from '../db/constraints.ts'
import { Conflict, Forbidden, Invalid } from '../errors.ts'
import { parentText } from '../tenants/find-parent.ts'
import { type Form, freshForm, withError } from '../web/form.ts'
import { type ComparedField, savedOver } from '../web/saved-over.ts'
import { getPerson, type ListedRole, listRoles, type Person } from './queries.ts'
import type { RoleChoices } from './views.ts'

/** A person as the form on the tab Edit shows them. */
export async function formOf(db: Db, actor: Actor, person: Person): Promise<Form> {
  return freshForm({
    name: person.name,
    email: person.email,
    role: person.role_id === null ? '' : String(person.role_id),
    tenant: await parentText(db, actor, person.tenant_id),
    version: String(person.version),
  })
}

/** The roles that a form offers; null for whoever manages no users. */
export async function roleChoices(db: Db, actor: Actor): Promise<RoleChoices> {
  if (!permitsSomewhere(actor.access, 'user.manage')) return null
  const roles = await listRoles(db)
  return [
    { value: '', label: 'None: cannot sign in' },
    ...roles.map(({ id, name }) => ({ value: String(id), label: name })),
  ]
}

/**
 * When `error` says that the person changed while the form was open: what differs, and the form as
 * it was typed, with the version that may now be saved over. Otherwise undefined.
 */
export async function conflictOf(db: Db, actor: Actor, id: number, form: Form, error: unknown) {
  if (!(error instanceof Conflict)) return undefined
  const person = await getPerson(db, actor, id)
  if (form.values['version'] === String(person.version)) return undefined
  const stored = await formOf(db, actor, person)
  return savedOver('person', comparedFields(await listRoles(db)), stored.values, form.values)
}

const comparedFields = (roles: ListedRole[]): ComparedField[] => [
  { name: 'name', label: 'Name' },
  { name: 'email', label: 'E-mail' },
  {
    name: 'role',
    label: 'Role',
    words: (value = '') => roles.find(({ id }) => String(id) === value)?.name ?? 'None',
  },
  { name: 'tenant', label: 'Tenant' },
]

/** A form with the messages of a refusal at its fields. Throws on what is no refusal. */
export function withRefusal(form: Form, error: unknown): Form {
  if (error instanceof Invalid)
    return { values: form.values, errors: { ...form.errors, ...error.fields } }
  if (error instanceof Forbidden || error instanceof Conflict)
    return withError(form, '', error.message)
  if (takenColumns(error)?.includes('email_key'))
    return withError(form, 'email', 'This address has just been taken.')
  throw error
}
