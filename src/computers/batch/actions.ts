import { permitsSomewhere } from '../../access/decide.ts'
import type { Permission } from '../../access/permissions.ts'
import type { Asker } from '../../access/visible.ts'
import type { ComputerTab } from '../../db/computer-schema.ts'

export const batchActions = [
  'change_tenant',
  'add_tag',
  'remove_tag',
  'set_person',
  'activate',
  'exclude',
  'include',
  'delete',
  'restore',
  'purge',
] as const

export type BatchAction = (typeof batchActions)[number]

/** An action as a list offers it. */
export type ComputerAction = { value: BatchAction; label: string }

/** What an action needs at each of the tenants. */
export const permissionsFor: Record<BatchAction, Permission> = {
  change_tenant: 'computer.move',
  add_tag: 'computer.edit',
  remove_tag: 'computer.edit',
  set_person: 'computer.edit',
  activate: 'computer.edit',
  exclude: 'computer.edit',
  include: 'computer.edit',
  delete: 'computer.delete',
  restore: 'computer.delete',
  purge: 'computer.purge',
}

const labels: Record<BatchAction, string> = {
  change_tenant: 'Change tenant',
  add_tag: 'Add tag',
  remove_tag: 'Remove tag',
  set_person: 'Set primary person',
  activate: 'Mark as active',
  exclude: 'Exclude from maintenance',
  include: 'Include in maintenance',
  delete: 'Delete',
  restore: 'Restore',
  purge: 'Remove for good',
}

const ofDeleted: ReadonlySet<BatchAction> = new Set(['restore', 'purge'])

/** The actions that make sense on a tab and that the asker may do somewhere. */
export const actionsOf = ({ access }: Asker, tab: ComputerTab): ComputerAction[] =>
  batchActions
    .filter((action) => ofDeleted.has(action) === (tab === 'deleted'))
    .filter((action) => action !== 'activate' || tab === 'new')
    .filter((action) => permitsSomewhere(access, permissionsFor[action]))
    .map((value) => ({ value, label: labels[value] }))

/** Whether an action is about one tag. */
export const isOfTag = (action: BatchAction) => action === 'add_tag' || action === 'remove_tag'

/** What is to be done with many computers. Tenant, tag and person are null until they are chosen. */
export type Batch = {
  action: BatchAction
  ids: number[]
  tenant_id: number | null
  tag_id: number | null
  /** An e-mail address or a name, looked for at each computer's tenant; '' is nobody. */
  person: string | null
  /** Nothing is done where any of the computers refuses; else those that do not are changed. */
  whole: boolean
  /** How many would be changed, as the preview said. */
  foreseen?: number | undefined
  reason: string | null
}
