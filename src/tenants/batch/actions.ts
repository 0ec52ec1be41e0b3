import type { Tx } from '../../db/operation.ts'
import { Conflict, Invalid, NotFound } from '../../errors.ts'
import { type Pace, chunks } from '../../pace.ts'
import { deleteTenant, updateTenant } from '../commands.ts'
import { type TenantKind, kindLooks } from '../kinds.ts'

export const batchActions = ['set_parent', 'set_kind', 'activate', 'deactivate', 'delete'] as const

export type BatchAction = (typeof batchActions)[number]

/** What is to be done with many tenants. Parent and kind are null until they are chosen. */
export type Batch = {
  action: BatchAction
  ids: number[]
  parent_id: number | null
  kind: TenantKind | null
  reason: string | null
}

/** What became of one tenant, or would become of it. */
export type BatchLine = {
  name: string
  slug: string
  outcome: 'done' | 'unchanged' | 'refused'
  /** The change in words, or the reason for the refusal. */
  detail: string
}

type Selected = { id: number; name: string; slug: string; parent_id: number | null }

/**
 * Does the action with each tenant in turn, under the open operation. What a tenant refuses is
 * reported and the rest stands: commands check before they write, so a refused one has written
 * nothing. Children come before their parents, so that a branch may be deleted as a whole. Stops
 * after `limit` tenants.
 */
export async function runBatch(tx: Tx, batch: Batch, pace: Pace, limit = Infinity) {
  const lines: BatchLine[] = []
  const tenants = childrenFirst(await loadSelected(tx, batch.ids, pace)).slice(0, limit)
  for (const { id, name, slug } of tenants) {
    try {
      const detail = await act(tx, batch, id)
      lines.push({ name, slug, outcome: detail ? 'done' : 'unchanged', detail: detail ?? '' })
    } catch (error) {
      if (!isRefusal(error)) throw error
      lines.push({ name, slug, outcome: 'refused', detail: error.message })
    }
    await pace(lines.length, tenants.length)
  }
  return lines
}

const isRefusal = (error: unknown): error is Error =>
  error instanceof Conflict || error instanceof Invalid || error instanceof NotFound

/** Does it with one tenant and says what changed; null when it was so before. */
async function act(tx: Tx, { action, parent_id, kind }: Batch, id: number) {
  const tenant = await tx
    .selectFrom('tenant')
    .leftJoin('tenant as parent', 'parent.id', 'tenant.parent_id')
    .select(['tenant.kind', 'tenant.active', 'tenant.parent_id', 'parent.name as parent_name'])
    .where('tenant.id', '=', id)
    .executeTakeFirstOrThrow()
  if (action === 'delete') {
    await deleteTenant(tx, id)
    return 'Deleted'
  }
  if (action === 'set_parent') {
    if (tenant.parent_id === parent_id) return null
    await updateTenant(tx, id, { parent_id: parent_id! })
    return `Parent: ${tenant.parent_name} → ${await nameOf(tx, parent_id!)}`
  }
  if (action === 'set_kind') {
    if (tenant.kind === kind) return null
    await updateTenant(tx, id, { kind: kind! })
    return `Kind: ${kindLooks[tenant.kind].label} → ${kindLooks[kind!].label}`
  }
  const active = action === 'activate'
  if (tenant.active === Number(active)) return null
  await updateTenant(tx, id, { active })
  return active ? 'Inactive → active' : 'Active → inactive'
}

async function nameOf(tx: Tx, id: number) {
  const { name } = await tx
    .selectFrom('tenant')
    .select('name')
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
  return name
}

/** The selected tenants that are still there, in the order of selection. */
async function loadSelected(tx: Tx, ids: number[], pace: Pace) {
  const found = new Map<number, Selected>()
  for (const some of chunks(ids, 500)) {
    const rows = await tx
      .selectFrom('tenant')
      .select(['id', 'name', 'slug', 'parent_id'])
      .where('id', 'in', some)
      .execute()
    for (const row of rows) found.set(row.id, row)
    await pace(0, ids.length)
  }
  return ids.map((id) => found.get(id)).filter((tenant) => tenant !== undefined)
}

function childrenFirst(tenants: Selected[]) {
  const by_id = new Map(tenants.map((tenant) => [tenant.id, tenant]))
  const depth = ({ parent_id }: Selected): number => {
    const parent = parent_id === null ? undefined : by_id.get(parent_id)
    return parent ? depth(parent) + 1 : 0
  }
  return tenants.toSorted((one, other) => depth(other) - depth(one))
}
