import type { Actor } from '../access/actor.ts'
import { permits, permitsSomewhere } from '../access/decide.ts'
import { type Asker, requireTenant } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import type { Tx } from '../db/operation.ts'
import { Invalid } from '../errors.ts'
import { tagTenant, untagTenant } from '../tags/carriers.ts'
import { type TenantTag, isOwn } from '../tags/effective.ts'
import { type Tag, findTag, isUsableAt, tagsToGive } from '../tags/queries.ts'
import { type Tenant, getTenant } from './queries.ts'

/** Gives a tenant a tag, or says anew whether it covers what is below. Throws Invalid at `tag`. */
export async function giveTenantTag(
  tx: Tx,
  asker: Asker,
  id: number,
  tag_id: number,
  covers_children: boolean,
) {
  const tenant = await requireTenant(tx, asker, 'tenant.edit', id)
  const tag = await findTag(tx, asker, 'tenant.view', tag_id)
  const { path } = await getTenant(tx, asker, id)
  if (!tag || !isUsableAt(tag, path))
    throw new Invalid({ tag: 'There is no such tag for this tenant.' })
  await tagTenant(tx, tenant, tag, covers_children)
}

/** Takes a tag from a tenant. What comes from above stays. */
export async function takeTenantTag(tx: Tx, asker: Asker, id: number, tag_id: number) {
  await untagTenant(tx, await requireTenant(tx, asker, 'tenant.edit', id), tag_id)
}

/** The panel with the tags of a tenant, for who looks. */
export type TenantTagsPanel = {
  tags: TenantTag[]
  usable: Tag[]
  action: string | null
  may_make: boolean
  asks_children: true
}

/** The tags of a tenant, and those that it can be given by who looks. */
export async function tagsPanel(
  db: Reads,
  actor: Actor,
  { id, path }: Pick<Tenant, 'id' | 'path'>,
  tags: TenantTag[],
): Promise<TenantTagsPanel> {
  const may_edit = permits(actor.access, 'tenant.edit', path)
  const own = new Set(tags.filter(isOwn).map((tag) => tag.id))
  return {
    tags,
    usable: may_edit ? await tagsToGive(db, path, own) : [],
    action: may_edit ? `/tenants/${id}/tags` : null,
    may_make: may_edit && permitsSomewhere(actor.access, 'tag.manage'),
    asks_children: true,
  }
}
