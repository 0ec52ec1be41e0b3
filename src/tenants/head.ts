import type { Actor } from '../access/actor.ts'
import type { Reads } from '../db/connection.ts'
import { NotFound } from '../errors.ts'
import { readId } from '../web/numbers.ts'
import { kindLooks } from './kinds.ts'
import { getPath, getTenant, ROOT_ID, type Tenant } from './queries.ts'
import { type TabLink, type TabPath, tabLinks } from './tabs.ts'

/** What stands above each page of a tenant: its name, where it belongs, its tabs. */
export type TenantHead = {
  tenant: Tenant
  kind_label: string
  parent: { id: number; name: string } | null
  /** For the top bar: from "All tenants" down to the tenant. */
  path: { name: string; href?: string }[]
  tabs: TabLink[]
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
  return {
    tenant,
    kind_label: kindLooks[tenant.kind].label,
    parent: path.at(-2) ?? null,
    path: path.map((step) =>
      step.id === id ? { name: step.name } : { name: step.name, href: `/tenants/${step.id}` },
    ),
    tabs: tabLinks(id, current),
  }
}

/** The id in an address: a number, or `root` for "All tenants". Throws NotFound for another text. */
export function readTenantId(text: string): number {
  if (text === 'root') return ROOT_ID
  const id = readId(text)
  if (id === undefined) throw new NotFound('tenant of this name')
  return id
}
