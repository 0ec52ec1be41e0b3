import { type Asker, visibleScope } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import type { Tx } from '../db/operation.ts'
import { type VisibleTenant, ofTenant } from '../db/scope.ts'
import { Conflict, NotFound } from '../errors.ts'
import { stripTenants } from '../tags/carriers.ts'
import { dropTagsOfFormerParents } from '../tags/moves.ts'
import { forgetAliases } from './aliases.ts'
import { changesOf } from './changes.ts'
import { refuseDeletions } from './contents.ts'
import type { TenantInput } from './form.ts'
import { nameKey, sortKey } from './names.ts'
import {
  countMsps,
  findNamesakes,
  findParentChain,
  lastMspStays,
  nameIsTaken,
  refuseMoves,
  refuseParent,
  rootStays,
} from './places.ts'
import { ROOT_ID } from './queries.ts'
import type { AdmittedChanges } from './rights.ts'
import { chooseSlug, requireFreeSlug } from './slugs.ts'

/** Creates a tenant under `parent_id` and returns its id. Throws Invalid with the field. */
export async function createTenant(
  tx: Tx,
  parent_id: VisibleTenant<'tenant.create'>,
  input: TenantInput,
) {
  const refusal = refuseParent(await findParentChain(tx, parent_id))
  if (refusal) throw refusal
  const slug = input.slug ?? (await chooseSlug(tx, input.name))
  await requireFreeSlug(tx, slug, null)
  await requireFreeName(tx, parent_id, input.name, null)
  const { id } = await tx
    .insertInto('tenant')
    .values({
      parent_id,
      kind: input.kind,
      slug,
      description: input.description,
      ...nameColumns(input.name),
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

/**
 * Changes a tenant; what it is already is not written. `version` is the one that the editor saw:
 * when the tenant has changed since, throws Conflict. Throws Invalid with the field for a taken
 * name or slug, or an impossible parent.
 */
export async function updateTenant(
  tx: Tx,
  id: VisibleTenant<'tenant.edit' | 'preference.lock'>,
  wanted: AdmittedChanges,
  version: number | null = null,
) {
  const { tenant, changes } = await requireUpdatable(tx, id, wanted, version)
  if (Object.keys(changes).length === 0) return
  const { name, active, blocks_inheritance, ...plain } = changes
  await tx
    .updateTable('tenant')
    .set({
      ...plain,
      ...(name !== undefined && nameColumns(name)),
      ...(active !== undefined && { active: Number(active) }),
      ...(blocks_inheritance !== undefined && { blocks_inheritance: Number(blocks_inheritance) }),
      version: tenant.version + 1,
    })
    .where(ofTenant('tenant.id', id))
    .execute()
  if (changes.parent_id !== undefined) await dropTagsOfFormerParents(tx, [id])
}

/** What `updateTenant` would change. Throws as it does. */
export async function requireUpdatable(
  db: Reads,
  id: VisibleTenant<'tenant.edit' | 'preference.lock'>,
  wanted: AdmittedChanges,
  version: number | null,
) {
  const tenant = await loadTenant(db, id)
  if (version !== null && tenant.version !== version)
    throw new Conflict(`${tenant.name} was changed by somebody else since you opened it.`)
  const changes = changesOf(tenant, wanted)
  await requirePossible(db, tenant, changes)
  return { tenant, changes }
}

/** Deletes an empty tenant. Throws Conflict when something is in it, or when it is an MSP. */
export async function deleteTenant(tx: Tx, asker: Asker, id: VisibleTenant<'tenant.delete'>) {
  const tenant = await loadTenant(tx, id)
  const refusal = (await refuseDeletions(tx, asker, [tenant])).get(id)
  if (refusal) throw refusal
  await stripTenants(tx, visibleScope(asker, 'tenant.delete'), JSON.stringify([id]))
  await forgetAliases(tx, JSON.stringify([id]))
  await tx.deleteFrom('tenant').where(ofTenant('tenant.id', id)).execute()
}

async function loadTenant(db: Reads, id: VisibleTenant) {
  const query = db.selectFrom('tenant').selectAll().where(ofTenant('tenant.id', id))
  const tenant = await query.executeTakeFirst()
  if (!tenant) throw new NotFound(`tenant ${id}`)
  return tenant
}

const nameColumns = (name: string) => ({
  name,
  name_key: nameKey(name),
  sort_key: sortKey(name),
})

type Stored = {
  id: number
  parent_id: number | null
  kind: string
  name: string
  descendant_count: number
}

/**
 * Throws on a change that the rest of the tree forbids. Inside the operation, so that two moves at
 * the same moment cannot make a cycle.
 */
async function requirePossible(db: Reads, tenant: Stored, changes: AdmittedChanges) {
  const { description: _, ...others } = changes
  if (tenant.id === ROOT_ID && Object.keys(others).length > 0) throw rootStays()
  const { parent_id, name, slug, kind } = changes
  if (kind && tenant.kind === 'msp' && (await countMsps(db)) < 2) throw lastMspStays()
  if (slug !== undefined) await requireFreeSlug(db, slug, tenant.id)
  if (parent_id !== undefined) {
    const parent = await findParentChain(db, parent_id)
    const refusal = (await refuseMoves(db, parent, [tenant])).get(tenant.id)
    if (refusal) throw refusal
  }
  const above = parent_id ?? tenant.parent_id
  if (above !== null && (name !== undefined || parent_id !== undefined))
    await requireFreeName(db, above, name ?? tenant.name, tenant.id)
}

async function requireFreeName(db: Reads, parent_id: number, name: string, own_id: number | null) {
  const key = nameKey(name)
  const holder = (await findNamesakes(db, parent_id, [key])).get(key)
  if (holder && holder.id !== own_id) throw nameIsTaken(holder.name)
}
