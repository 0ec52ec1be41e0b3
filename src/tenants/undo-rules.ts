import type { Permission } from '../access/permissions.ts'
import { type UndoRule, type Undoing, changedColumns } from '../audit/undo-rule.ts'
import { requireTenant, rightsAt } from '../access/visible.ts'
import type { LoggedRow } from '../db/undo.ts'
import { Conflict } from '../errors.ts'
import { dropTagsOfFormerParents } from '../tags/moves.ts'
import type { TenantKind } from './kinds.ts'
import { countMsps, findParentChain, lastMspStays, refuseMoves } from './places.ts'
import { getTenant } from './queries.ts'
import { refuseGain, refuseKind } from './rights.ts'

/** Taking back a change of a tenant takes what the change takes. */
export const tenantUndo: UndoRule = {
  permissions: ['tenant.edit', 'tenant.move', 'tenant.create', 'tenant.delete', 'preference.lock'],
  async leave(undoing, now, former) {
    if (former === null) return undoing.require('tenant.delete', now['id'])
    for (const permission of neededFor(changedColumns(now, former)))
      await undoing.require(permission, now['id'])
    await requireKind(undoing, Number(now['id']), now['kind'], former['kind'])
    if (now['parent_id'] !== former['parent_id']) await notePlace(undoing, Number(now['id']))
  },
  async arrive(undoing, former, now) {
    if (now !== null) {
      if (now['parent_id'] !== former['parent_id']) await requireParent(undoing, former)
      return
    }
    await undoing.require('tenant.create', former['parent_id'])
    if (former['blocks_inheritance'] === 1) await undoing.require('preference.lock', former['id'])
    await requireKind(undoing, Number(former['id']), null, former['kind'])
  },
  async settle({ tx }, some) {
    const moved = some.filter(
      ({ now, former }) => now && former && now['parent_id'] !== former['parent_id'],
    )
    const ids = moved.map(({ row_id }) => row_id)
    if (ids.length > 0) await dropTagsOfFormerParents(tx, ids)
    const was_msp = some.some(
      ({ now, former }) => now?.['kind'] === 'msp' && former?.['kind'] !== 'msp',
    )
    if (was_msp && (await countMsps(tx)) === 0) throw new Conflict(lastMspStays().message)
  },
}

/** What a tenant took over the name of is a matter of editing it. */
export const aliasUndo: UndoRule = {
  permissions: ['tenant.edit'],
  leave: ({ require }, now) => require('tenant.edit', now['tenant_id']),
  arrive: ({ require }, former) => require('tenant.edit', former['tenant_id']),
}

async function notePlace({ tx, actor, places }: Undoing, id: number) {
  places.set(id, (await getTenant(tx, actor, id)).path)
}

function neededFor(columns: string[]): Permission[] {
  const others = columns.filter((name) => name !== 'blocks_inheritance')
  return [
    ...(others.length < columns.length ? (['preference.lock'] as const) : []),
    ...(others.includes('parent_id') ? (['tenant.move'] as const) : []),
    ...(others.length > 0 ? (['tenant.edit'] as const) : []),
  ]
}

/**
 * A tenant comes under another by being moved or created there, without giving more rights on it to who
 * does it; and the tree stays flat enough.
 */
async function requireParent({ tx, actor, places }: Undoing, former: LoggedRow) {
  const [id, parent_id] = [Number(former['id']), Number(former['parent_id'])]
  const may = await rightsAt(tx, actor, parent_id)
  await requireTenant(tx, actor, may('tenant.create') ? 'tenant.create' : 'tenant.move', parent_id)
  const parent = await getTenant(tx, actor, parent_id)
  const gain = refuseGain(actor, places.get(id)!, parent.path)
  if (gain) throw gain
  const tenant = await getTenant(tx, actor, id)
  const refusals = await refuseMoves(tx, await findParentChain(tx, parent_id), [tenant])
  const refusal = refusals.get(id)
  if (refusal) throw new Conflict(refusal.message)
}

async function requireKind(
  { tx, actor }: Undoing,
  id: number,
  now: LoggedRow[string] | undefined,
  former: LoggedRow[string] | undefined,
) {
  const kind = now as TenantKind | null
  const refusal = await refuseKind(tx, actor, { id, kind }, former as TenantKind)
  if (refusal) throw refusal
}
