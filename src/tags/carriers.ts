import type { Tx } from '../db/operation.ts'
import { type Scope, type VisibleTenant, inScope, ofTenant } from '../db/scope.ts'
import { idTable } from '../db/search.ts'
import type { PlacedTag } from './queries.ts'

// Who carries a tag is the matter of those who may change them: each of these is called for things
// that were admitted, with a tag that can be used where they are.

/** Gives computers in a scope a tag, by a JSON list of ids. Those that have it keep it. */
export const tagComputers = (tx: Tx, scope: Scope, ids: string, tag: PlacedTag) =>
  tx
    .insertInto('computer_tag')
    .columns(['tenant_id', 'computer_id', 'tag_tenant_id', 'tag_id'])
    .expression((eb) =>
      eb
        .selectFrom(idTable(ids))
        .crossJoin('computer')
        .select(['computer.tenant_id', 'computer.id'])
        .select([eb.val(tag.tenant_id).as('tag_tenant_id'), eb.val(tag.id).as('tag_id')])
        .whereRef('computer.id', '=', 'listed.id')
        .where(inScope(scope, 'computer.tenant_id')),
    )
    .onConflict((oc) => oc.doNothing())
    .execute()

/** Takes a tag from computers in a scope. */
export const untagComputers = (tx: Tx, scope: Scope, ids: string, tag_id: number) =>
  tx
    .deleteFrom('computer_tag')
    .where('tag_id', '=', tag_id)
    .where('computer_id', 'in', (eb) => eb.selectFrom(idTable(ids)).select('listed.id'))
    .where(inScope(scope, 'computer_tag.tenant_id'))
    .execute()

/** Takes every tag from computers in a scope: before they are removed for good. */
export const stripComputers = (tx: Tx, scope: Scope, ids: string) =>
  tx
    .deleteFrom('computer_tag')
    .where('computer_id', 'in', (eb) => eb.selectFrom(idTable(ids)).select('listed.id'))
    .where(inScope(scope, 'computer_tag.tenant_id'))
    .execute()

/** Gives one computer at a tenant a tag, or takes it. */
export const tagComputer = (
  tx: Tx,
  tenant_id: VisibleTenant,
  computer_id: number,
  tag: PlacedTag,
) =>
  tx
    .insertInto('computer_tag')
    .values({ tenant_id, computer_id, tag_tenant_id: tag.tenant_id, tag_id: tag.id })
    .onConflict((oc) => oc.doNothing())
    .execute()

export const untagComputer = (
  tx: Tx,
  tenant_id: VisibleTenant,
  computer_id: number,
  tag_id: number,
) =>
  tx
    .deleteFrom('computer_tag')
    .where('computer_id', '=', computer_id)
    .where('tag_id', '=', tag_id)
    .where(ofTenant('computer_tag.tenant_id', tenant_id))
    .execute()

/** Gives a tenant a tag, or changes whether it covers the tenants below. */
export const tagTenant = (
  tx: Tx,
  tenant_id: VisibleTenant,
  tag: PlacedTag,
  covers_children: boolean,
) =>
  tx
    .insertInto('tenant_tag')
    .values({
      tenant_id,
      tag_tenant_id: tag.tenant_id,
      tag_id: tag.id,
      covers_children: Number(covers_children),
    })
    .onConflict((oc) =>
      oc
        .columns(['tenant_id', 'tag_id'])
        .doUpdateSet({ covers_children: Number(covers_children) })
        .where('tenant_tag.covers_children', '<>', Number(covers_children)),
    )
    .execute()

/** As `tagTenant`, of tenants in a scope by a JSON list of ids. */
export const tagTenants = (
  tx: Tx,
  scope: Scope,
  ids: string,
  tag: PlacedTag,
  covers_children: boolean,
) =>
  tx
    .insertInto('tenant_tag')
    .columns(['tenant_id', 'tag_tenant_id', 'tag_id', 'covers_children'])
    .expression((eb) =>
      eb
        .selectFrom(idTable(ids))
        .crossJoin('tenant')
        .select(['tenant.id', eb.val(tag.tenant_id).as('tag_tenant_id')])
        .select(eb.val(tag.id).as('tag_id'))
        .select(eb.val(Number(covers_children)).as('covers_children'))
        .whereRef('tenant.id', '=', 'listed.id')
        .where(inScope(scope, 'tenant.path')),
    )
    .onConflict((oc) =>
      oc
        .columns(['tenant_id', 'tag_id'])
        .doUpdateSet({ covers_children: Number(covers_children) })
        .where('tenant_tag.covers_children', '<>', Number(covers_children)),
    )
    .execute()

/** Takes a tag from tenants in a scope. */
export const untagTenants = (tx: Tx, scope: Scope, ids: string, tag_id: number) =>
  tx
    .deleteFrom('tenant_tag')
    .where('tag_id', '=', tag_id)
    .where('tenant_id', 'in', (eb) => eb.selectFrom(idTable(ids)).select('listed.id'))
    .where(inScope(scope, 'tenant_tag.tenant_id'))
    .execute()

/** Takes a tag from a tenant. */
export const untagTenant = (tx: Tx, tenant_id: VisibleTenant, tag_id: number) =>
  tx
    .deleteFrom('tenant_tag')
    .where('tag_id', '=', tag_id)
    .where(ofTenant('tenant_tag.tenant_id', tenant_id))
    .execute()

/** Takes every tag from tenants in a scope: before they are deleted. */
export const stripTenants = (tx: Tx, scope: Scope, ids: string) =>
  tx
    .deleteFrom('tenant_tag')
    .where('tenant_id', 'in', (eb) => eb.selectFrom(idTable(ids)).select('listed.id'))
    .where(inScope(scope, 'tenant_tag.tenant_id'))
    .execute()
