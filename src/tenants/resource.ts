import type { Actor } from '../access/actor.ts'
import type { Reads } from '../db/connection.ts'
import type { TenantResource } from './api-schemas.ts'
import { type Tenant, getPath, getTenant } from './queries.ts'

/** A tenant as the API shows it. Throws NotFound when there is none that the actor may see. */
export async function describeTenant(db: Reads, actor: Actor, id: number): Promise<TenantResource> {
  const [tenant, path] = await Promise.all([getTenant(db, actor, id), getPath(db, actor, id)])
  return toResource(tenant, path)
}

function toResource(tenant: Tenant, path: { id: number; name: string }[]): TenantResource {
  const { id, name, slug, kind, description, parent_id, active, blocks_inheritance } = tenant
  return {
    id,
    name,
    slug,
    kind,
    description,
    parent_id,
    path: path.map((step) => ({ id: step.id, name: step.name })),
    active: active === 1,
    blocks_inheritance: blocks_inheritance === 1,
    version: tenant.version,
  }
}
