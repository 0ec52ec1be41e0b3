import type { Tx } from '../../db/operation.ts'
import { everyTenant } from '../../db/scope-guard.ts'
import { Conflict, Invalid, NotFound } from '../../errors.ts'
import { nameKey } from '../../tenants/names.ts'
import { ROOT_ID } from '../../tenants/queries.ts'
import type { Actor } from '../actor.ts'
import { requireDelegable } from '../delegation.ts'
import { permissionsOf } from '../grants.ts'
import type { Permission } from '../permissions.ts'
import { requireTenant } from '../visible.ts'
import type { RoleInput } from './form.ts'
import { listHolders } from './queries.ts'

const EVERYWHERE = { path: '/1/', until: null }

/** Creates a role and returns its id. Throws Forbidden when it permits more than its maker has. */
export async function createRole(tx: Tx, actor: Actor, input: RoleInput) {
  await requireTenant(tx, actor, 'role.manage', ROOT_ID)
  requireDelegable(actor, input.permissions, EVERYWHERE)
  await requireFreeName(tx, input.name, null)
  const { id } = await tx
    .insertInto('role')
    .values({
      key: null,
      name: input.name,
      name_key: nameKey(input.name),
      description: input.description,
      permissions: JSON.stringify(input.permissions),
      requires_second_factor: Number(input.requires_second_factor),
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

/**
 * Changes a role; a built-in one only in whether it requires a second factor. Its editor must have
 * each permission that is added or taken away: what a role denies to others is less with fewer. When
 * `version` is another than the role has, throws Conflict.
 */
export async function updateRole(
  tx: Tx,
  actor: Actor,
  id: number,
  wanted: Partial<RoleInput>,
  version: number | null = null,
) {
  await requireTenant(tx, actor, 'role.manage', ROOT_ID)
  const role = await tx.selectFrom('role').selectAll().where('id', '=', id).executeTakeFirst()
  if (!role) throw new NotFound(`role ${id}`)
  if (version !== null && role.version !== version)
    throw new Conflict(`${role.name} was changed by somebody else since you opened it.`)
  const { requires_second_factor, ...rest } = wanted
  if (role.key !== null && Object.keys(rest).length > 0)
    throw new Conflict(`${role.name} is built in. Duplicate it, and change the copy.`)
  const { name, description, permissions } = rest
  if (permissions) requireDelegable(actor, difference(permissionsOf(role), permissions), EVERYWHERE)
  if (name !== undefined) await requireFreeName(tx, name, id)
  await tx
    .updateTable('role')
    .set({
      ...(name !== undefined && { name, name_key: nameKey(name) }),
      ...(description !== undefined && { description }),
      ...(permissions && { permissions: JSON.stringify(permissions) }),
      ...(requires_second_factor !== undefined && {
        requires_second_factor: Number(requires_second_factor),
      }),
      version: role.version + 1,
    })
    .where('id', '=', id)
    .execute()
}

/** The permissions that only one of the two has. */
const difference = (before: ReadonlySet<Permission>, after: Permission[]) =>
  before.symmetricDifference(new Set(after))

/** Deletes a role that nobody has. Throws Conflict when it is built in, or in use, and by whom. */
export async function deleteRole(tx: Tx, actor: Actor, id: number) {
  await requireTenant(tx, actor, 'role.manage', ROOT_ID)
  const role = await tx.selectFrom('role').selectAll().where('id', '=', id).executeTakeFirst()
  if (!role) throw new NotFound(`role ${id}`)
  if (role.key !== null) throw new Conflict(`${role.name} is built in.`)
  const used = await describeUse(tx, actor, id)
  if (used) throw new Conflict(`${role.name} is in use: ${used}.`)
  await tx.deleteFrom('role').where('id', '=', id).execute()
}

async function describeUse(tx: Tx, actor: Actor, id: number) {
  const all = everyTenant(tx)
  const [person, assignment, holders] = await Promise.all([
    all.selectFrom('person').select('id').where('role_id', '=', id).executeTakeFirst(),
    all.selectFrom('role_assignment').select('id').where('role_id', '=', id).executeTakeFirst(),
    listHolders(tx, actor, id),
  ])
  if (!person && !assignment) return ''
  const people = holders.people.map(({ name }) => name)
  const nodes = holders.assignments.map(({ name }) => name)
  const parts = [
    people.length > 0 && `${people.join(', ')} ${people.length === 1 ? 'has' : 'have'} it`,
    nodes.length > 0 && `it is assigned at ${nodes.join(', ')}`,
  ].filter((part) => part !== false)
  return parts.length > 0 ? parts.join('; ') : 'by people whom you may not see'
}

async function requireFreeName(tx: Tx, name: string, own_id: number | null) {
  const holder = await tx
    .selectFrom('role')
    .select(['id', 'name'])
    .where('name_key', '=', nameKey(name))
    .executeTakeFirst()
  if (holder && holder.id !== own_id)
    throw new Invalid({ name: `There is a role called ${holder.name} already.` })
}
