import type { Actor } from '../access/actor.ts'
import type { Reads } from '../db/connection.ts'
import { prepared } from '../db/prepared.ts'
import type { Kind } from '../db/schema.ts'
import { NotFound } from '../errors.ts'

/** "All tenants", the root of the tree. Migration 002 creates it. */
export const ROOT_ID = 1

export type Tenant = {
  id: number
  parent_id: number | null
  kind: Kind
  name: string
  slug: string
  description: string
  active: number
  blocks_inheritance: number
  version: number
  child_count: number
  descendant_count: number
  override_count: number
  override_count_below: number
}

export type PathStep = { id: number; name: string; slug: string; kind: Kind }

const TENANT_COLUMNS = [
  'tenant.id',
  'tenant.parent_id',
  'tenant.kind',
  'tenant.name',
  'tenant.slug',
  'tenant.description',
  'tenant.active',
  'tenant.blocks_inheritance',
  'tenant.version',
  'tenant.child_count',
  'tenant.descendant_count',
  'tenant.override_count',
  'tenant.override_count_below',
] as const

/**
 * Every read of tenants starts here: those that the actor may see. Whoever can sign in today is
 * an administrator of All tenants, so that is every tenant.
 */
export const visibleTenants = (db: Reads, _actor: Actor) =>
  db.selectFrom('tenant').select(TENANT_COLUMNS)

const tenantById = prepared((db, { id }: { id: number }) =>
  db.selectFrom('tenant').select(TENANT_COLUMNS).where('tenant.id', '=', id),
)

/** A tenant, or "All tenants", by id. Throws NotFound when there is none that the actor may see. */
export async function getTenant(db: Reads, _actor: Actor, id: number): Promise<Tenant> {
  const [tenant] = await tenantById(db, { id })
  if (!tenant) throw new NotFound(`tenant ${id}`)
  return tenant
}

/**
 * The nodes from "All tenants" down to the tenant itself. The recursion climbs from the tenant to
 * its parents by primary key, at most 33 steps.
 */
const pathById = prepared((db, { id }: { id: number }) =>
  db
    .withRecursive('step', (cte) =>
      cte
        .selectFrom('tenant')
        .select(['id', 'parent_id', 'name', 'slug', 'kind', (eb) => eb.lit(0).as('height')])
        .where('id', '=', id)
        .unionAll(
          cte
            .selectFrom('step')
            .innerJoin('tenant', 'tenant.id', 'step.parent_id')
            .select([
              'tenant.id',
              'tenant.parent_id',
              'tenant.name',
              'tenant.slug',
              'tenant.kind',
              (eb) => eb('step.height', '+', 1).as('height'),
            ]),
        ),
    )
    .selectFrom('step')
    .select(['id', 'name', 'slug', 'kind', 'height'])
    .orderBy('height', 'desc'),
)

/** The path of a tenant, "All tenants" first and the tenant itself last. */
export async function getPath(db: Reads, _actor: Actor, id: number): Promise<PathStep[]> {
  const path = await pathById(db, { id })
  if (path.length === 0) throw new NotFound(`tenant ${id}`)
  return path.map(({ id, name, slug, kind }) => ({ id, name, slug, kind }))
}
