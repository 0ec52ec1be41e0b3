import { permitsSomewhere } from '../../access/decide.ts'
import type { Permission } from '../../access/permissions.ts'
import type { Asker } from '../../access/visible.ts'
import type { ScheduleState } from '../../db/schedule-schema.ts'

export const batchActions = [
  'enable',
  'disable',
  'duplicate',
  'run',
  'cancel',
  'delete',
  'restore',
] as const

export type BatchAction = (typeof batchActions)[number]

/** An action as the list offers it. */
export type ScheduleAction = { value: BatchAction; label: string }

/** What an action needs at each of the tenants. */
export const permissionsFor: Record<BatchAction, Permission> = {
  enable: 'schedule.edit',
  disable: 'schedule.edit',
  duplicate: 'schedule.edit',
  run: 'schedule.run',
  cancel: 'schedule.run',
  delete: 'schedule.edit',
  restore: 'schedule.edit',
}

const labels: Record<BatchAction, string> = {
  enable: 'Enable',
  disable: 'Disable',
  duplicate: 'Duplicate',
  run: 'Run now',
  cancel: 'Cancel windows',
  delete: 'Delete',
  restore: 'Restore',
}

const offered: Record<ScheduleState, readonly BatchAction[]> = {
  enabled: ['disable', 'duplicate', 'run', 'cancel', 'delete'],
  disabled: ['enable', 'duplicate', 'run', 'cancel', 'delete'],
  deleted: ['restore'],
}

/** The actions that make sense on a tab and that the asker may do somewhere. */
export const actionsOf = ({ access }: Asker, tab: ScheduleState): ScheduleAction[] =>
  offered[tab]
    .filter((action) => permitsSomewhere(access, permissionsFor[action]))
    .map((value) => ({ value, label: labels[value] }))

/** What is to be done with many schedules. */
export type Batch = {
  action: BatchAction
  ids: number[]
  /** Nothing is done where any of the schedules refuses; else those that do not are changed. */
  whole: boolean
  /** How many would be changed, as the preview said. */
  foreseen?: number | undefined
  reason: string | null
}
