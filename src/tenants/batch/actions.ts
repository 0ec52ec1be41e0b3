import type { TenantKind } from '../kinds.ts'

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
