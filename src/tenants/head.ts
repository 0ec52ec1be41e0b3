import type { Actor } from '../access/actor.ts'
import { permits } from '../access/decide.ts'
import type { Reads } from '../db/connection.ts'
import { type TenantTag, tagsOfTenants } from '../tags/effective.ts'
import { NotFound } from '../errors.ts'
import { readId } from '../web/numbers.ts'
import type { TabLink } from '../web/tabs.ts'
import { kindLooks } from './kinds.ts'
import { getPath, getTenant, type PathStep, ROOT_ID, type Tenant } from './queries.ts'
import { type TabPath, tabLinks } from './tabs.ts'

/** What stands above each page of a tenant: its name, where it belongs, its tabs. */
export type TenantHead = {
  tenant: Tenant
  kind_label: string
  parent: PathStep | null
  /** For the top bar: from "All tenants" down to the tenant. */
  path: { name: string; href?: string }[]
  tabs: TabLink[]
  tags: TenantTag[]
  /** Whether a child tenant can be created here by who looks. */
  may_create: boolean
  /** Whether it can be merged into another tenant by who looks. */
  may_merge: boolean
}

/**
 * The tenant with the given id, and the head of its page on the tab `current`. Throws NotFound
 * when there is none that the actor may see.
 */
export async function getTenantHead(
  db: Reads,
  actor: Actor,
  id: number,
  current: TabPath,
): Promise<TenantHead> {
  const [tenant, path] = await Promise.all([getTenant(db, actor, id), getPath(db, actor, id)])
  const carried = await tagsOfTenants(db, actor, [tenant])
  return {
    tenant,
    kind_label: kindLooks[tenant.kind].label,
    parent: path.at(-2) ?? null,
    path: path.map((step) =>
      step.id === id || !step.visible
        ? { name: step.name }
        : { name: step.name, href: `/tenants/${step.id}` },
    ),
    tabs: tabLinks(tenant, current, actor),
    tags: carried(id),
    may_create: permits(actor.access, 'tenant.create', tenant.path),
    may_merge:
      id !== ROOT_ID &&
      tenant.kind !== 'msp' &&
      permits(actor.access, 'tenant.delete', tenant.path),
  }
}

/** The id in an address: a number, or `root` for "All tenants". Throws NotFound for another text. */
export function readTenantId(text: string): number {
  if (text === 'root') return ROOT_ID
  const id = readId(text)
  if (id === undefined) throw new NotFound('tenant of this name')
  return id
}
