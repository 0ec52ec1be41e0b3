import type { Tx } from '../../db/operation.ts'
import { type VisibleTenant, inScope, ofTenant } from '../../db/scope.ts'
import { everyTenant } from '../../db/scope-guard.ts'
import { Conflict, Forbidden, Invalid, NotFound } from '../../errors.ts'
import { nameKey } from '../../tenants/names.ts'
import type { Actor } from '../actor.ts'
import { type Given, requireMayGive, requireMayTake } from '../assignments/commands.ts'
import { emailKey } from '../form.ts'
import { requireTenant, visibleScope } from '../visible.ts'
import type { GroupInput } from './form.ts'
import { getGroup } from './queries.ts'

/** Creates a group of a tenant and returns its id. */
export async function createGroup(tx: Tx, actor: Actor, tenant: number, input: GroupInput) {
  const tenant_id = await requireTenant(tx, actor, 'access.grant', tenant)
  await requireFreeName(tx, tenant_id, input.name, null)
  const { id } = await tx
    .insertInto('user_group')
    .values({ tenant_id, name_key: nameKey(input.name), ...input })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

/** Renames or describes a group. When it has another version than `version`, throws Conflict. */
export async function updateGroup(
  tx: Tx,
  actor: Actor,
  id: number,
  input: GroupInput,
  version: number,
) {
  const { tenant_id, group } = await requireGroup(tx, actor, id)
  if (group.version !== version)
    throw new Conflict(
      `Somebody else changed this group since you opened it: it is called ${group.name} now${
        group.description && `, “${group.description}”`
      }. Send again to replace that.`,
      group,
    )
  await requireFreeName(tx, tenant_id, input.name, id)
  await tx
    .updateTable('user_group')
    .set({ ...input, name_key: nameKey(input.name), version: group.version + 1 })
    .where('id', '=', id)
    .where(ofTenant('user_group.tenant_id', tenant_id))
    .execute()
}

/** Deletes a group, with its list of members. Throws Conflict while something is assigned to it. */
export async function deleteGroup(tx: Tx, actor: Actor, id: number) {
  const { tenant_id, group } = await requireGroup(tx, actor, id)
  if ((await assignmentsOf(tx, id)).length > 0)
    throw new Conflict(`${group.name} is in use: withdraw what is assigned to it first.`)
  await tx
    .deleteFrom('user_group_member')
    .where('group_id', '=', id)
    .where(ofTenant('user_group_member.tenant_id', tenant_id))
    .execute()
  await tx
    .deleteFrom('user_group')
    .where('id', '=', id)
    .where(ofTenant('user_group.tenant_id', tenant_id))
    .execute()
}

/**
 * Adds somebody of the same tenant to a group. That gives them all that the group has, and denies
 * them what is denied to it: the actor must be allowed to do each of these.
 */
export async function addMember(tx: Tx, actor: Actor, id: number, email: string) {
  const { tenant_id, group } = await requireGroup(tx, actor, id)
  const person = await peopleOf(tx, actor, tenant_id)
    .where('email_key', '=', emailKey(email))
    .executeTakeFirst()
  if (!person) throw new Invalid({ email: `Nobody at ${group.tenant_name} has this address.` })
  if (!(await join(tx, actor, { tenant_id, group_id: id, person_id: person.id })))
    throw new Invalid({ email: `${person.name} is a member already.` })
  return person.name
}

/** The same for a person by id, who may be a member already. Throws NotFound for one elsewhere. */
export async function keepMember(tx: Tx, actor: Actor, id: number, person_id: number) {
  const { tenant_id } = await requireGroup(tx, actor, id)
  const person = await peopleOf(tx, actor, tenant_id).where('id', '=', person_id).executeTakeFirst()
  if (!person) throw new NotFound(`person ${person_id}`)
  await join(tx, actor, { tenant_id, group_id: id, person_id })
}

/** Whoever may not see the people of a tenant is not to find out who is there by trying. */
const peopleOf = (tx: Tx, actor: Actor, tenant_id: VisibleTenant) =>
  tx
    .selectFrom('person')
    .select(['id', 'name'])
    .where('tenant_id', '=', tenant_id)
    .where(inScope(visibleScope(actor, 'person.view'), 'person.tenant_id'))

/** False when somebody is a member already. */
async function join(
  tx: Tx,
  actor: Actor,
  member: { tenant_id: VisibleTenant<'access.grant'>; group_id: number; person_id: number },
) {
  const known = await everyTenant(tx)
    .selectFrom('user_group_member')
    .select('id')
    .where('group_id', '=', member.group_id)
    .where('person_id', '=', member.person_id)
    .executeTakeFirst()
  if (known) return false
  await forEachAssignment(tx, member.group_id, (given) => requireMayGive(tx, actor, given))
  await tx.insertInto('user_group_member').values(member).execute()
  return true
}

/** Takes somebody out of a group, and with that what is denied to it off them. */
export async function removeMember(tx: Tx, actor: Actor, id: number, person_id: number) {
  const { tenant_id } = await requireGroup(tx, actor, id)
  await forEachAssignment(tx, id, (given) => requireMayTake(tx, actor, given))
  await tx
    .deleteFrom('user_group_member')
    .where(ofTenant('user_group_member.tenant_id', tenant_id))
    .where('group_id', '=', id)
    .where('person_id', '=', person_id)
    .execute()
}

async function requireGroup(tx: Tx, actor: Actor, id: number) {
  const group = await getGroup(tx, actor, id)
  return { tenant_id: await requireTenant(tx, actor, 'access.grant', group.tenant_id), group }
}

/** Throws Forbidden where the group has something of which the actor may not even know. */
async function forEachAssignment(tx: Tx, id: number, require: (given: Given) => Promise<unknown>) {
  for (const given of await assignmentsOf(tx, id))
    await require(given).catch((error: unknown) => {
      if (!(error instanceof NotFound)) throw error
      throw new Forbidden('This group has access to tenants that you may not see.')
    })
}

/** What is assigned to a group and has not expired. */
const assignmentsOf = (tx: Tx, group_id: number) =>
  everyTenant(tx)
    .selectFrom('role_assignment')
    .select(['tenant_id', 'role_id', 'effect', 'expires_at'])
    .where('group_id', '=', group_id)
    .where(({ or, eb }) =>
      or([eb('expires_at', 'is', null), eb('expires_at', '>', tx.operation.at)]),
    )
    .execute()

async function requireFreeName(
  tx: Tx,
  tenant_id: VisibleTenant,
  name: string,
  own_id: number | null,
) {
  const holder = await everyTenant(tx)
    .selectFrom('user_group')
    .select(['id', 'name'])
    .where('tenant_id', '=', tenant_id)
    .where('name_key', '=', nameKey(name))
    .executeTakeFirst()
  if (holder && holder.id !== own_id)
    throw new Invalid({ name: `This tenant has a group called ${holder.name} already.` })
}
