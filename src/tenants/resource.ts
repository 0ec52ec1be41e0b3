import type { z } from 'zod'
import type { Asker } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import { beginsWithText, containsText, idsIn, MIN_TRIGRAM_LENGTH } from '../db/search.ts'
import { tenantCarriesTag } from '../db/tag-cover.ts'
import { describeTag } from '../tags/api-schemas.ts'
import { type TenantTag, isOwn, tagsOfTenants } from '../tags/effective.ts'
import { decodeCursor, encodeCursor } from '../web/cursor.ts'
import type { TenantListQuery, TenantResource } from './api-schemas.ts'
import { ROOT_PATH, sees } from './hidden.ts'
import { kindLooks } from './kinds.ts'
import { sortKey } from './names.ts'
import {
  type PathStep,
  ROOT_ID,
  type Tenant,
  getPath,
  getTenant,
  visibleTenants,
} from './queries.ts'
import { findMatches, pathsTo } from './search.ts'

/** A tenant as the API shows it. Throws NotFound when there is none that the actor may see. */
export async function describeTenant(db: Reads, actor: Asker, id: number): Promise<TenantResource> {
  const [tenant, path] = await Promise.all([getTenant(db, actor, id), getPath(db, actor, id)])
  const carried = await tagsOfTenants(db, actor, [tenant])
  return toResource(tenant, path, carried(id))
}

type Query = z.infer<typeof TenantListQuery>

/** A page of tenants by name, as the API shows them: all, or the children of one of them. */
export async function listTenants(db: Reads, actor: Asker, query: Query) {
  const { ids, next_cursor } =
    query.parent_id === undefined
      ? await findAnywhere(db, actor, query)
      : await findChildren(db, actor, query.parent_id, query)
  return { tenants: await describeTenants(db, actor, ids), next_cursor }
}

type Found = { ids: number[]; next_cursor: string | null }

async function findAnywhere(db: Reads, actor: Asker, query: Query): Promise<Found> {
  const { q, kind = null, tag_id = null, limit, cursor = null } = query
  const filter = { q, kind, active: 'any', overrides: false, tag: tag_id } as const
  const { rows, next } = await findMatches(db, actor, filter, { limit, after: cursor })
  return { ids: rows.map((row) => row.id), next_cursor: next }
}

/** Children by name. They are looked through one by one, so `q` needs no index here. */
async function findChildren(
  db: Reads,
  actor: Asker,
  parent_id: number,
  { q, kind, tag_id, limit, cursor }: Query,
): Promise<Found> {
  await getTenant(db, actor, parent_id)
  let children = visibleTenants(db, actor)
    .select('tenant.sort_key')
    .where('tenant.parent_id', '=', parent_id)
    .orderBy('tenant.sort_key')
    .orderBy('tenant.id')
    .limit(limit + 1)
  if (q !== '') children = children.where(matchesText(sortKey(q)))
  if (tag_id !== undefined) children = children.where(tenantCarriesTag(tag_id))
  if (kind) children = children.where('tenant.kind', '=', kind)
  if (cursor !== undefined) {
    const [name, id] = decodeCursor(cursor, 2)
    children = children.where((eb) =>
      eb(eb.refTuple('tenant.sort_key', 'tenant.id'), '>', eb.tuple(String(name), Number(id))),
    )
  }
  const found = await children.execute()
  const page = found.slice(0, limit)
  const last = page.at(-1)
  return {
    ids: page.map((child) => child.id),
    next_cursor: last && found.length > limit ? encodeCursor([last.sort_key, last.id]) : null,
  }
}

/** A text of one or two characters is looked for at the beginning, as in `findMatches`. */
const matchesText = (text: string) =>
  [...text].length < MIN_TRIGRAM_LENGTH ? beginsWithText(text) : containsText(text)

/** The tenants with the given ids, in their order: a few queries, however many there are. */
async function describeTenants(db: Reads, actor: Asker, ids: number[]) {
  const tenants = await visibleTenants(db, actor).where('tenant.id', 'in', idsIn(ids)).execute()
  const pathTo = await pathsTo(db, actor, tenants)
  const carried = await tagsOfTenants(db, actor, tenants)
  const byId = new Map(tenants.map((tenant) => [tenant.id, tenant]))
  const root = { id: ROOT_ID, name: kindLooks.root.label, visible: sees(actor, ROOT_PATH) }
  return ids.flatMap((id) => {
    const tenant = byId.get(id)
    if (!tenant) return []
    const path = [root, ...pathTo(tenant), { ...tenant, visible: true }]
    return toResource(tenant, path, carried(id))
  })
}

/** Of a node that the asker may not see, nothing is said but its name. */
function toResource(tenant: Tenant, path: PathStep[], tags: TenantTag[]): TenantResource {
  const { id, name, slug, kind, description, parent_id, active, blocks_inheritance } = tenant
  return {
    id,
    name,
    slug,
    kind,
    description,
    parent_id: path.at(-2)?.visible ? parent_id : null,
    path: path.map(({ id, name, visible }) => ({ id: visible ? id : null, name })),
    active: active === 1,
    blocks_inheritance: blocks_inheritance === 1,
    tags: tags
      .filter(isOwn)
      .map(({ id, name, covers_children }) => ({ id, name, covers_children })),
    effective_tags: tags.map(describeTag),
    version: tenant.version,
  }
}
