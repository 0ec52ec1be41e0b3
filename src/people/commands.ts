import { requireAuthorityOver } from '../access/authority.ts'
import { deleteAccount, endAccess } from '../access/ending.ts'
import { emailKey } from '../access/form.ts'
import { type Asker, requireTenant } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import type { Tx } from '../db/operation.ts'
import { ofTenant, type VisibleTenant } from '../db/scope.ts'
import { everyTenant, everyTenantTx } from '../db/scope-guard.ts'
import { Conflict } from '../errors.ts'
import { giveTag, takeAllTags } from '../tags/commands.ts'
import { isUsableAt } from '../tags/queries.ts'
import { sortKey } from '../tenants/names.ts'
import {
  atFields,
  type PersonChanges,
  type PlannedChanges,
  planChanges,
  requireDestination,
  requireFreeEmail,
} from './changes.ts'
import type { PersonInput } from './form.ts'
import { getPerson } from './queries.ts'

/**
 * Creates a person at a tenant and returns the id. Throws Invalid with the field: nobody gives a role
 * that permits more than they may themselves.
 */
export async function createPerson(
  tx: Tx,
  asker: Asker,
  tenant_id: number,
  { name, email, role_id, source = 'typed' }: PersonInput,
) {
  const at = await requireDestination(tx, asker, tenant_id)
  await atFields(
    () => requireAuthorityOver(tx, asker, { id: null, tenant_id, role_id }, tx.operation.at),
    { Forbidden: 'role', NotFound: 'tenant' },
  )
  await requireFreeEmail(tx, tenant_id, email, null)
  const { id } = await tx
    .insertInto('person')
    .values({
      tenant_id: at,
      name,
      sort_key: sortKey(name),
      email,
      email_key: emailKey(email),
      role_id,
      source,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

/**
 * Changes a person; what it is already is not written. `version` is the one that the editor saw: when
 * the person has changed since, throws Conflict. Throws as `planChanges` does.
 */
export async function updatePerson(
  tx: Tx,
  asker: Asker,
  id: number,
  wanted: PersonChanges,
  version: number | null = null,
) {
  const plan = await planChanges(tx, asker, id, wanted, tx.operation.at)
  if (!plan) return
  if (version !== null && plan.person.version !== version)
    throw new Conflict(`${plan.person.name} was changed by somebody else since you opened it.`)
  await applyChanges(tx, plan)
}

/** Writes what was planned in the same transaction. */
export async function applyChanges(tx: Tx, { person, columns, ends_access }: PlannedChanges) {
  const { id } = person
  if (ends_access) await endAccess(tx, id)
  const arrive = columns.tenant_id && (await leaveTenant(tx, id, columns.tenant_id))
  await everyTenantTx(tx)
    .updateTable('person')
    .set({ ...columns, version: person.version + 1 })
    .where('id', '=', id)
    .execute()
  if (arrive) await arrive()
  if (columns.email_key !== undefined)
    await tx
      .updateTable('user_account')
      .set({ email_key: columns.email_key })
      .where('person_id', '=', id)
      .execute()
}

/**
 * Groups and tags are those of the tenant that the person leaves. What is returned gives back, once
 * the person has arrived, the tags that can be used at both.
 */
async function leaveTenant(tx: Tx, person_id: number, destination: VisibleTenant) {
  const all = everyTenantTx(tx)
  await all.deleteFrom('user_group_member').where('person_id', '=', person_id).execute()
  const tags = await takeAllTags(tx, person_id)
  const { path } = await everyTenant(tx)
    .selectFrom('tenant')
    .select('path')
    .where('id', '=', destination)
    .executeTakeFirstOrThrow()
  return async () => {
    for (const tag of tags.filter((one) => isUsableAt(one, path)))
      await giveTag(tx, destination, person_id, tag)
  }
}

/** The tenant of a person whom the asker may delete. Throws NotFound or Forbidden. */
export async function requireDeletable(db: Reads, asker: Asker, id: number, now: string) {
  const person = await getPerson(db, asker, id)
  const at = await requireTenant(db, asker, 'person.delete', person.tenant_id)
  await requireAuthorityOver(db, asker, person, now)
  return at
}

/** Deletes a person with all that hangs on it. Who is a user needs somebody with authority. */
export async function deletePerson(tx: Tx, asker: Asker, id: number) {
  const at = await requireDeletable(tx, asker, id, tx.operation.at)
  await deleteAccount(tx, id)
  await tx
    .deleteFrom('person_tag')
    .where('person_id', '=', id)
    .where(ofTenant('person_tag.tenant_id', at))
    .execute()
  await tx
    .deleteFrom('person')
    .where('id', '=', id)
    .where(ofTenant('person.tenant_id', at))
    .execute()
}
