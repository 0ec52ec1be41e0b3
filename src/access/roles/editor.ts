import type { Reads } from '../../db/connection.ts'
import { type Form, freshForm } from '../../web/form.ts'
import { type ComparedField, savedOver } from '../../web/saved-over.ts'
import type { Actor } from '../actor.ts'
import { permitsThroughout } from '../decide.ts'
import { permissionWords, permissions } from '../permissions.ts'
import { permissionGroups } from './permission-groups.ts'
import { type Role, getRole, listHolders } from './queries.ts'
import type { RoleEditor } from './views.ts'

/** The page of a role, or that of a new one, with what is typed in its form. */
export async function roleEditor(
  db: Reads,
  actor: Actor,
  role: Role | null,
  { form, chosen }: { form: Form; chosen: ReadonlySet<string> },
): Promise<RoleEditor> {
  return {
    role,
    form,
    chosen,
    groups: permissionGroups,
    out_of_reach: new Set(
      permissions.filter((one) => !permitsThroughout(actor.access, one, '/1/')),
    ),
    holders: role && (await listHolders(db, actor, role.id)),
    saved_over: null,
  }
}

/** The form of a role as it is stored. */
export const formOf = (role: Role) => ({
  form: freshForm({
    name: role.name,
    description: role.description,
    version: String(role.version),
    ...(role.requires_second_factor && { requires_second_factor: 'on' }),
  }),
  chosen: role.permissions as ReadonlySet<string>,
})

/** The permissions that a form sent, whatever else was wrong with it. */
export const sentPermissions = (body: unknown): ReadonlySet<string> =>
  new Set([(body as { permissions?: unknown } | null)?.permissions ?? []].flat().map(String))

/**
 * After somebody else saved the role: what is stored beside what was typed, and the version that
 * may be saved over.
 */
export async function editorSavedOver(
  db: Reads,
  actor: Actor,
  id: number,
  typed: { form: Form; chosen: ReadonlySet<string> },
): Promise<RoleEditor> {
  const role = await getRole(db, actor, id)
  const stored = formOf(role)
  const { form, saved_over } = savedOver('role', fields, valuesOf(stored), valuesOf(typed))
  const { permissions: _, ...values } = form.values
  const again = { form: { ...form, values }, chosen: typed.chosen }
  return { ...(await roleEditor(db, actor, role, again)), saved_over }
}

/** The values of the form with the permissions in words. */
const valuesOf = ({ form, chosen }: { form: Form; chosen: ReadonlySet<string> }) => ({
  ...form.values,
  permissions: permissions
    .filter((one) => chosen.has(one))
    .map((one) => permissionWords[one])
    .join(', '),
})

const fields: ComparedField[] = [
  { name: 'name', label: 'Name' },
  { name: 'description', label: 'Description' },
  { name: 'permissions', label: 'Permissions' },
  {
    name: 'requires_second_factor',
    label: 'Requires a second factor',
    words: (value) => (value ? 'Yes' : 'No'),
  },
]
