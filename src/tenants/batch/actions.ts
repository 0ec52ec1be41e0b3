import { permitsSomewhere } from '../../access/decide.ts'
import type { Permission } from '../../access/permissions.ts'
import type { Asker } from '../../access/visible.ts'
import type { TenantKind } from '../kinds.ts'

export const batchActions = [
  'set_parent',
  'set_kind',
  'add_tag',
  'remove_tag',
  'activate',
  'deactivate',
  'delete',
] as const

export type BatchAction = (typeof batchActions)[number]

/** What an action needs at each of the tenants. */
export const permissionsFor: Record<BatchAction, Permission> = {
  set_parent: 'tenant.move',
  set_kind: 'tenant.edit',
  add_tag: 'tenant.edit',
  remove_tag: 'tenant.edit',
  activate: 'tenant.edit',
  deactivate: 'tenant.edit',
  delete: 'tenant.delete',
}

/** The actions that the asker may do somewhere. */
export const actionsOf = ({ access }: Asker) =>
  batchActions.filter((action) => permitsSomewhere(access, permissionsFor[action]))

/** Whether an action is about one tag. */
export const isOfTag = (action: BatchAction) => action === 'add_tag' || action === 'remove_tag'

/** What is to be done with many tenants. Parent, kind and tag are null until they are chosen. */
export type Batch = {
  action: BatchAction
  ids: number[]
  parent_id: number | null
  kind: TenantKind | null
  tag_id: number | null
  /** Whether the tag covers the tenants below too. */
  covers_children: boolean
  /** Nothing is done where any of the tenants refuses; else those that do not are changed. */
  whole: boolean
  /** How many would be changed, as the preview said. */
  foreseen?: number | undefined
  reason: string | null
}
