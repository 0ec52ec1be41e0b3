import { type Asker, visibleScope } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import { prepared, preparedInScope } from '../db/prepared.ts'
import type { Kind } from '../db/schema.ts'
import { type Scope, inScope } from '../db/scope.ts'
import { everyTenant } from '../db/scope-guard.ts'
import { NotFound } from '../errors.ts'
import { listHidden, sees, withoutHidden } from './hidden.ts'

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
  path: string
}

/** A node on the way to a tenant. Of one that is not `visible`, nothing but the name is shown. */
export type PathStep = { id: number; name: string; visible: boolean }

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
  'tenant.path',
] as const

/** Every read of tenants starts here: those that lie in a scope. */
const tenantsIn = (db: Reads, scope: Scope) =>
  db.selectFrom('tenant').select(TENANT_COLUMNS).where(inScope(scope, 'tenant.path'))

/** The tenants that the asker may see, with "All tenants" if that is one of them. */
export const visibleTenants = (db: Reads, asker: Asker) =>
  tenantsIn(db, visibleScope(asker, 'tenant.view'))

const tenantById = preparedInScope((db, scope, { id }: { id: number }) =>
  tenantsIn(db, scope).where('tenant.id', '=', id),
)

/**
 * A tenant, or "All tenants", by id; its counts are of what the asker may see. Throws NotFound when
 * there is none that they may see.
 */
export async function getTenant(db: Reads, asker: Asker, id: number): Promise<Tenant> {
  const tenant = await findTenant(db, asker, id)
  if (!tenant) throw new NotFound(`tenant ${id}`)
  return tenant
}

/** As `getTenant`; undefined when there is none. */
export async function findTenant(db: Reads, asker: Asker, id: number): Promise<Tenant | undefined> {
  const [tenant] = await tenantById(db, visibleScope(asker, 'tenant.view'), { id })
  return tenant && withoutHidden(tenant, await listHidden(db, asker))
}

/**
 * The nodes from "All tenants" down to the tenant itself. The recursion climbs from the tenant to
 * its parents by primary key, at most 33 steps.
 */
const pathById = prepared((db, { id }: { id: number }) =>
  everyTenant(db)
    .withRecursive('step', (cte) =>
      cte
        .selectFrom('tenant')
        .select(['id', 'parent_id', 'name', 'path', (eb) => eb.lit(0).as('height')])
        .where('id', '=', id)
        .unionAll(
          cte
            .selectFrom('step')
            .innerJoin('tenant', 'tenant.id', 'step.parent_id')
            .select([
              'tenant.id',
              'tenant.parent_id',
              'tenant.name',
              'tenant.path',
              (eb) => eb('step.height', '+', 1).as('height'),
            ]),
        ),
    )
    .selectFrom('step')
    .select(['id', 'name', 'path', 'height'])
    .orderBy('height', 'desc'),
)

/**
 * The path of a tenant, "All tenants" first and the tenant itself last. Throws NotFound when the
 * asker may not see the tenant; whoever does may know the names above it.
 */
export async function getPath(db: Reads, asker: Asker, id: number): Promise<PathStep[]> {
  const steps = await pathById(db, { id })
  const own = steps.at(-1)
  if (!own || !sees(asker, own.path)) throw new NotFound(`tenant ${id}`)
  return steps.map(({ id, name, path }) => ({ id, name, visible: sees(asker, path) }))
}
