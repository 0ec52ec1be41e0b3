import { permitsSomewhere } from '../../access/decide.ts'
import type { Permission } from '../../access/permissions.ts'
import type { Asker } from '../../access/visible.ts'

export const batchActions = [
  'set_tenant',
  'add_tag',
  'remove_tag',
  'invite',
  'activate',
  'deactivate',
  'delete',
] as const

export type BatchAction = (typeof batchActions)[number]

/** What each needs somewhere, and what it is called. */
export const batchLooks: Record<
  BatchAction,
  { permission: Permission; button: string; verb: string }
> = {
  set_tenant: {
    permission: 'person.edit',
    button: 'Set tenant',
    verb: 'Set the tenant of',
  },
  add_tag: { permission: 'person.edit', button: 'Add tag', verb: 'Add a tag to' },
  remove_tag: { permission: 'person.edit', button: 'Remove tag', verb: 'Remove a tag from' },
  invite: { permission: 'user.manage', button: 'Invite', verb: 'Invite' },
  activate: { permission: 'person.edit', button: 'Activate', verb: 'Activate' },
  deactivate: { permission: 'person.edit', button: 'Deactivate', verb: 'Deactivate' },
  delete: { permission: 'person.delete', button: 'Delete', verb: 'Delete' },
}

/** What is to be done with many people. Tenant and tag are null until they are chosen. */
export type Batch = {
  action: BatchAction
  ids: number[]
  tenant_id: number | null
  tag_id: number | null
  /** Nothing is done where anybody refuses; else those who do not are changed. */
  whole: boolean
  /** How many would be changed, as the preview said. */
  foreseen?: number | undefined
  reason: string | null
}

/**
 * The buttons of what the asker may do somewhere, as value and label; deleting stands by itself, and
 * many can be invited by mail only.
 */
export const actionsFor = (asker: Asker, has_mail: boolean): [string, string][] =>
  batchActions
    .filter((action) => action !== 'delete' && (has_mail || action !== 'invite'))
    .filter((action) => permitsSomewhere(asker.access, batchLooks[action].permission))
    .map((action) => [action, batchLooks[action].button])
