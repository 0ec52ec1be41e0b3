import type { Reads } from '../db/connection.ts'
import type { Tx } from '../db/operation.ts'
import { Conflict, Invalid, NotFound } from '../errors.ts'
import { describeContents } from './contents.ts'
import type { TenantInput } from './form.ts'
import type { TenantKind } from './kinds.ts'
import { freeSlug, nameKey, slugFrom, sortKey } from './names.ts'
import { ROOT_ID } from './queries.ts'

/** How deep the tree may be: a tenant directly under "All tenants" is at depth 1. */
export const MAX_DEPTH = 32

/** Creates a tenant under `parent_id` and returns its id. Throws Invalid with the field. */
export async function createTenant(tx: Tx, parent_id: number, input: TenantInput) {
  await requireRoomBelow(tx, parent_id)
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

/** What a tenant may be changed into. What is absent stays as it is. */
export type TenantChanges = Partial<{
  name: string
  kind: TenantKind
  description: string
  slug: string
  parent_id: number
  active: boolean
  blocks_inheritance: boolean
}>

/**
 * Changes a tenant. `version` is the one that the editor saw: when the tenant has changed since,
 * throws Conflict. Throws Invalid with the field for a taken name or slug, or an impossible parent.
 */
export async function updateTenant(
  tx: Tx,
  id: number,
  changes: TenantChanges,
  version: number | null = null,
) {
  const tenant = await tx.selectFrom('tenant').selectAll().where('id', '=', id).executeTakeFirst()
  if (!tenant) throw new NotFound(`tenant ${id}`)
  if (version !== null && tenant.version !== version)
    throw new Conflict(`${tenant.name} was changed by somebody else since you opened it.`)
  if (id === ROOT_ID) requireRootStays(changes)
  const { parent_id, name, slug, kind } = changes
  if (kind && kind !== 'msp' && tenant.kind === 'msp') await requireAnotherMsp(tx, id)
  if (slug !== undefined) await requireFreeSlug(tx, slug, id)
  if (parent_id !== undefined) await requirePossibleParent(tx, tenant, parent_id)
  const parent = parent_id ?? tenant.parent_id
  if (parent !== null && (name !== undefined || parent_id !== undefined))
    await requireFreeName(tx, parent, name ?? tenant.name, id)

  const { active, blocks_inheritance, ...plain } = changes
  await tx
    .updateTable('tenant')
    .set({
      ...plain,
      ...(name !== undefined && nameColumns(name)),
      ...(active !== undefined && { active: Number(active) }),
      ...(blocks_inheritance !== undefined && { blocks_inheritance: Number(blocks_inheritance) }),
      version: tenant.version + 1,
    })
    .where('id', '=', id)
    .execute()
}

/** Deletes an empty tenant. Throws Conflict when something is in it, or when it is an MSP. */
export async function deleteTenant(tx: Tx, id: number) {
  const tenant = await tx.selectFrom('tenant').selectAll().where('id', '=', id).executeTakeFirst()
  if (!tenant) throw new NotFound(`tenant ${id}`)
  if (id === ROOT_ID) throw new Conflict('All tenants is the root of the tree; it stays.')
  if (tenant.kind === 'msp')
    throw new Conflict(`${tenant.name} is an MSP tenant. Make it another kind first.`)
  const contents = await describeContents(tx, id)
  if (contents) throw new Conflict(`${tenant.name} is not empty: it has ${contents}.`)
  await tx.deleteFrom('tenant').where('id', '=', id).execute()
}

const nameColumns = (name: string) => ({
  name,
  name_key: nameKey(name),
  sort_key: sortKey(name),
})

async function chooseSlug(tx: Tx, name: string) {
  const slug = slugFrom(name)
  const taken = await tx
    .selectFrom('tenant')
    .select('slug')
    .where('slug', '>=', slug.slice(0, 90))
    .where('slug', '<', `${slug.slice(0, 90)}\u{10ffff}`)
    .execute()
  const slugs = new Set(taken.map((row) => row.slug))
  return freeSlug(slug, (candidate) => slugs.has(candidate))
}

async function requireFreeSlug(tx: Tx, slug: string, own_id: number | null) {
  const holder = await tx
    .selectFrom('tenant')
    .select(['id', 'name'])
    .where('slug', '=', slug)
    .executeTakeFirst()
  if (holder && holder.id !== own_id)
    throw new Invalid({ slug: `The slug "${slug}" is taken by ${holder.name}.` })
}

async function requireFreeName(tx: Tx, parent_id: number, name: string, own_id: number | null) {
  const sibling = await tx
    .selectFrom('tenant')
    .select(['id', 'name'])
    .where('parent_id', '=', parent_id)
    .where('name_key', '=', nameKey(name))
    .executeTakeFirst()
  if (sibling && sibling.id !== own_id)
    throw new Invalid({ name: `There is already a ${sibling.name} under the same parent.` })
}

/** "All tenants" can block nothing and belongs nowhere; only its description may change. */
function requireRootStays(changes: TenantChanges) {
  const { description: _, ...others } = changes
  if (Object.keys(others).length > 0)
    throw new Conflict('All tenants is the root of the tree; it stays.')
}

async function requireAnotherMsp(tx: Tx, id: number) {
  const other = await tx
    .selectFrom('tenant')
    .select('id')
    .where('kind', '=', 'msp')
    .where('id', '<>', id)
    .limit(1)
    .executeTakeFirst()
  if (!other)
    throw new Invalid({ kind: 'This is the last MSP tenant. Make another one an MSP first.' })
}

/**
 * Refuses a parent that does not exist, lies below the tenant itself, or leaves no room for the
 * branch. Inside the operation, so that two moves at the same moment cannot make a cycle.
 */
async function requirePossibleParent(
  tx: Tx,
  tenant: { id: number; name: string; descendant_count: number },
  parent_id: number,
) {
  const depth = await requireRoomBelow(tx, parent_id, tenant)
  // A branch of n tenants is at most n deep: only a large one under a deep parent is measured.
  if (depth + 1 + tenant.descendant_count <= MAX_DEPTH) return
  if (depth + (await branchHeight(tx, tenant.id)) > MAX_DEPTH)
    throw new Invalid({ parent_id: `With this parent the tree would be deeper than ${MAX_DEPTH}.` })
}

/** The depth of `parent_id`. Refuses one that does not exist, is full, or is below `moving`. */
async function requireRoomBelow(
  tx: Tx,
  parent_id: number,
  moving?: { id: number; name: string },
): Promise<number> {
  const chain = await ancestors(tx, parent_id)
  if (chain.length === 0) throw new Invalid({ parent_id: 'This parent does not exist any more.' })
  if (moving && chain.includes(moving.id))
    throw new Invalid({ parent_id: `${moving.name} cannot be put below itself.` })
  const depth = chain.length - 1
  if (depth >= MAX_DEPTH)
    throw new Invalid({
      parent_id: `The tree may be ${MAX_DEPTH} levels deep; this parent is at the last.`,
    })
  return depth
}

/** The ids from the tenant up to the root: climbs by primary key. */
async function ancestors(db: Reads, id: number) {
  const rows = await db
    .withRecursive('step(id, parent_id)', (cte) =>
      cte
        .selectFrom('tenant')
        .select(['id', 'parent_id'])
        .where('id', '=', id)
        .unionAll(
          cte
            .selectFrom('step')
            .innerJoin('tenant', 'tenant.id', 'step.parent_id')
            .select(['tenant.id', 'tenant.parent_id']),
        ),
    )
    .selectFrom('step')
    .select('id')
    .execute()
  return rows.map((row) => row.id)
}

/** How many levels a branch has, itself included: walks it down level by level. */
export async function branchHeight(db: Reads, id: number) {
  const { height } = await db
    .withRecursive('branch(id, height)', (cte) =>
      cte
        .selectFrom('tenant')
        .select(['id', (eb) => eb.lit(1).as('height')])
        .where('id', '=', id)
        .unionAll(
          cte
            .selectFrom('branch')
            .innerJoin('tenant', 'tenant.parent_id', 'branch.id')
            .select(['tenant.id', (eb) => eb('branch.height', '+', 1).as('height')]),
        ),
    )
    .selectFrom('branch')
    .select((eb) => eb.fn.max<number>('height').as('height'))
    .executeTakeFirstOrThrow()
  return height
}
