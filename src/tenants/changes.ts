import type { TenantKind } from './kinds.ts'
import type { Tenant } from './queries.ts'

/** What a tenant may be changed into. What is absent stays as it is. */
export type TenantChanges = Partial<{
  name: string
  kind: TenantKind
  description: string
  slug: string
  parent_id: number
  active: boolean
  blocks_inheritance: boolean
}>

type Field = keyof TenantChanges

/**
 * What of `wanted` differs from the tenant as it is. Only that is written, so that the history does
 * not speak of what stayed; where nothing differs there is nothing to do, and no operation.
 */
export function changesOf<Changes extends TenantChanges>(
  tenant: Pick<Tenant, Field>,
  wanted: Changes,
): Partial<Changes> {
  const now: Record<Field, unknown> = {
    ...tenant,
    active: Boolean(tenant.active),
    blocks_inheritance: Boolean(tenant.blocks_inheritance),
  }
  return Object.fromEntries(
    Object.entries(wanted).filter(([field, value]) => value !== now[field as Field]),
  ) as Partial<Changes>
}

/** Whether anything of `wanted` differs from the tenant as it is. */
export const wouldChange = (tenant: Pick<Tenant, Field>, wanted: TenantChanges) =>
  Object.keys(changesOf(tenant, wanted)).length > 0
