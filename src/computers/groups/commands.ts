import { type Asker, nameTenants, requireTenant } from '../../access/visible.ts'
import type { Tx } from '../../db/operation.ts'
import { ofTenant } from '../../db/scope.ts'
import { everyTenant } from '../../db/scope-guard.ts'
import { Conflict, Invalid } from '../../errors.ts'
import { findTag, isUsableAt } from '../../tags/queries.ts'
import { nameKey } from '../../tenants/names.ts'
import { getTenant } from '../../tenants/queries.ts'
import { type GroupFilter, readFilter } from './filter.ts'
import { type ComputerGroup, getGroup } from './queries.ts'
import { requireUnused } from './uses.ts'

export type GroupInput = { name: string; description: string; filter: GroupFilter }

/** What a group is to be after an update; with null for its filter, that stays. */
export type GroupUpdate = Omit<GroupInput, 'filter'> & { filter: GroupFilter | null }

/**
 * Makes a group of a tenant's and returns its id. Throws Invalid at `name` for one that is taken,
 * and at `filter_tenant` for a filter that names a tenant elsewhere.
 */
export async function createGroup(tx: Tx, asker: Asker, tenant: number, input: GroupInput) {
  const tenant_id = await requireTenant(tx, asker, 'computer_group.manage', tenant)
  await requireFreeName(tx, tenant, input.name, null)
  await requireBelow(tx, asker, tenant, input.filter.tenant_id)
  await requireTag(tx, asker, tenant, input.filter.tag_id)
  const { id } = await tx
    .insertInto('computer_group')
    .values({ tenant_id, ...columnsOf(input), filter: JSON.stringify(input.filter) })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

/** Changes a group. Throws Conflict when it has another version than the one that was edited. */
export async function updateGroup(
  tx: Tx,
  asker: Asker,
  id: number,
  input: GroupUpdate,
  version: number,
) {
  const group = await getGroup(tx, asker, id)
  const at = await requireTenant(tx, asker, 'computer_group.manage', group.tenant_id)
  if (group.version !== version)
    throw new Conflict(`${group.name} was changed by somebody else since you opened it.`)
  if (!differs(group, input)) return
  await requireFreeName(tx, group.tenant_id, input.name, id)
  if (input.filter) await requireNamed(tx, asker, group, input.filter)
  await tx
    .updateTable('computer_group')
    .set({ ...columnsOf(input), version: version + 1 })
    .where('id', '=', id)
    .where(ofTenant('computer_group.tenant_id', at))
    .execute()
}

/** What a filter names anew; what it named before and is still there may be hidden from the asker. */
async function requireNamed(tx: Tx, asker: Asker, group: ComputerGroup, filter: GroupFilter) {
  const before = group.missing ? null : readFilter(group.filter)
  if (filter.tenant_id !== before?.tenant_id)
    await requireBelow(tx, asker, group.tenant_id, filter.tenant_id)
  if (filter.tag_id !== before?.tag_id) await requireTag(tx, asker, group.tenant_id, filter.tag_id)
}

/** Whether a group would be another after an update. */
export const differs = (group: ComputerGroup, { name, description, filter }: GroupUpdate) =>
  name !== group.name ||
  description !== group.description ||
  (filter !== null && group.missing !== '') ||
  (filter !== null && JSON.stringify(filter) !== JSON.stringify(readFilter(group.filter)))

/** Deletes a group; its members stay as they are. Throws Conflict while anything uses it. */
export async function deleteGroup(tx: Tx, asker: Asker, id: number) {
  const group = await getGroup(tx, asker, id)
  const at = await requireTenant(tx, asker, 'computer_group.manage', group.tenant_id)
  await requireUnused(tx, asker, group)
  await tx
    .deleteFrom('computer_group')
    .where('id', '=', id)
    .where(ofTenant('computer_group.tenant_id', at))
    .execute()
}

const columnsOf = ({ name, description, filter }: GroupUpdate) => ({
  name,
  name_key: nameKey(name),
  description,
  ...(filter && { filter: JSON.stringify(filter), missing: '' as const }),
})

/** The tenant that a filter names has to be where the members of the group can be. */
async function requireBelow(tx: Tx, asker: Asker, owner_id: number, tenant_id: number | null) {
  if (tenant_id === null) return
  const owner = await getTenant(tx, asker, owner_id)
  const named = (await nameTenants(tx, asker, [tenant_id])).get(tenant_id)
  if (!named?.path.startsWith(owner.path))
    throw new Invalid({
      filter_tenant: `Choose ${owner.name} or a tenant below it: the group has members only there.`,
    })
}

/** A tag that a filter names has to be one that can be carried where the members are. */
async function requireTag(tx: Tx, asker: Asker, owner_id: number, tag_id: number | null) {
  if (tag_id === null) return
  const owner = await getTenant(tx, asker, owner_id)
  const tag = await findTag(tx, asker, 'computer.view', tag_id)
  if (!tag || !(isUsableAt(tag, owner.path) || tag.path.startsWith(owner.path)))
    throw new Invalid({ tag: `There is no such tag at ${owner.name}, above or below.` })
}

async function requireFreeName(tx: Tx, tenant_id: number, name: string, own_id: number | null) {
  const holder = await everyTenant(tx)
    .selectFrom('computer_group')
    .select(['id', 'name'])
    .where('tenant_id', '=', tenant_id)
    .where('name_key', '=', nameKey(name))
    .executeTakeFirst()
  if (holder && holder.id !== own_id)
    throw new Invalid({ name: `This tenant has a group called ${holder.name} already.` })
}
