import { type Asker, requireTenant } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import type { Tx } from '../db/operation.ts'
import { type VisibleTenant, ofTenant } from '../db/scope.ts'
import { everyTenant, everyTenantTx } from '../db/scope-guard.ts'
import { Conflict, Invalid } from '../errors.ts'
import { nameKey } from '../tenants/names.ts'
import type { TagInput } from './form.ts'
import { getManagedTag, type PlacedTag } from './queries.ts'

/** Makes a tag at a tenant, to be used there and below. Throws Invalid at `name` for a taken one. */
export async function createTag(tx: Tx, asker: Asker, tenant_id: number, input: TagInput) {
  const at = await requireTenant(tx, asker, 'tag.manage', tenant_id)
  await requireFreeName(tx, tenant_id, input.name, null)
  const { id } = await tx
    .insertInto('tag')
    .values({ tenant_id: at, ...input, name_key: nameKey(input.name) })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

/** Changes a tag. Throws Conflict when it has another version than the one that was edited. */
export async function updateTag(
  tx: Tx,
  asker: Asker,
  id: number,
  input: TagInput,
  version: number,
) {
  const tag = await getManagedTag(tx, asker, id)
  const at = await requireTenant(tx, asker, 'tag.manage', tag.tenant_id)
  if (tag.version !== version)
    throw new Conflict(
      `“${tag.name}” was changed by somebody else since you opened it. Nothing of yours is saved yet; Update replaces what is stored now.`,
    )
  const { name, color, description } = tag
  if (name === input.name && color === input.color && description === input.description) return
  await requireFreeName(tx, tag.tenant_id, input.name, id)
  await tx
    .updateTable('tag')
    .set({ ...input, name_key: nameKey(input.name), version: version + 1 })
    .where('id', '=', id)
    .where(ofTenant('tag.tenant_id', at))
    .execute()
}

/** Deletes a tag, and takes it from whatever carries it. */
export async function deleteTag(tx: Tx, asker: Asker, id: number) {
  const tag = await getManagedTag(tx, asker, id)
  const at = await requireTenant(tx, asker, 'tag.manage', tag.tenant_id)
  const all = everyTenantTx(tx)
  await all.deleteFrom('person_tag').where('tag_id', '=', id).execute()
  await all.deleteFrom('computer_tag').where('tag_id', '=', id).execute()
  await all.deleteFrom('tenant_tag').where('tag_id', '=', id).execute()
  await tx.deleteFrom('tag').where('id', '=', id).where(ofTenant('tag.tenant_id', at)).execute()
}

async function requireFreeName(db: Reads, tenant_id: number, name: string, own_id: number | null) {
  const holder = await everyTenant(db)
    .selectFrom('tag')
    .select(['id', 'name'])
    .where('tenant_id', '=', tenant_id)
    .where('name_key', '=', nameKey(name))
    .executeTakeFirst()
  if (holder && holder.id !== own_id)
    throw new Invalid({ name: `There is already a tag “${holder.name}” at this tenant.` })
}

/** Gives a person a tag that can be used at their tenant. */
export const giveTag = (tx: Tx, tenant_id: VisibleTenant, person_id: number, tag: PlacedTag) =>
  tx
    .insertInto('person_tag')
    .values({ tenant_id, person_id, tag_tenant_id: tag.tenant_id, tag_id: tag.id })
    .onConflict((oc) => oc.doNothing())
    .execute()

/** Takes a tag from a person. */
export const takeTag = (tx: Tx, tenant_id: VisibleTenant, person_id: number, tag_id: number) =>
  tx
    .deleteFrom('person_tag')
    .where('person_id', '=', person_id)
    .where('tag_id', '=', tag_id)
    .where(ofTenant('person_tag.tenant_id', tenant_id))
    .execute()

/** Takes every tag from a person, and returns what they were. */
export async function takeAllTags(tx: Tx, person_id: number): Promise<PlacedTag[]> {
  const all = everyTenantTx(tx)
  const tags = await everyTenant(tx)
    .selectFrom('person_tag')
    .innerJoin('tag', 'tag.id', 'person_tag.tag_id')
    .innerJoin('tenant', 'tenant.id', 'tag.tenant_id')
    .select(['tag.id', 'tag.name', 'tag.color', 'tag.tenant_id', 'tenant.path'])
    .where('person_tag.person_id', '=', person_id)
    .execute()
  await all.deleteFrom('person_tag').where('person_id', '=', person_id).execute()
  return tags
}
