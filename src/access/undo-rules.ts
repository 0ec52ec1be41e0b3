import { type Final, type UndoRule, type Undoing } from '../audit/undo-rule.ts'
import { everyTenant } from '../db/scope-guard.ts'
import type { LoggedRow } from '../db/undo.ts'
import { Forbidden } from '../errors.ts'
import { type Given, requireMayGive, requireMayTake } from './assignments/commands.ts'
import { subjectText } from './assignments/subjects.ts'
import { requireDelegable } from './delegation.ts'
import { type RolePermissions, permissionsOf } from './grants.ts'

const ROOT_ID = 1
const EVERYWHERE = { path: '/1/', until: null }

/** Roles are All tenants'; nobody gives more permissions by one than they have. */
export const roleUndo: UndoRule = {
  permissions: ['role.manage'],
  async leave({ require, actor }, now, former) {
    await require('role.manage', ROOT_ID)
    const before = permissionsOf(now as RolePermissions)
    const after = former ? permissionsOf(former as RolePermissions) : before
    requireDelegable(actor, before.symmetricDifference(after), EVERYWHERE)
  },
  async arrive({ require, actor }, former, now) {
    await require('role.manage', ROOT_ID)
    if (!now) requireDelegable(actor, permissionsOf(former as RolePermissions), EVERYWHERE)
  },
}

export const groupUndo: UndoRule = {
  permissions: ['access.grant'],
  leave: ({ require }, now) => require('access.grant', now['tenant_id']),
  arrive: ({ require }, former) => require('access.grant', former['tenant_id']),
}

/** To be in a group is to have what it has, and to be denied what it is denied. */
export const memberUndo: UndoRule = {
  permissions: ['access.grant'],
  async leave(undoing, now) {
    await undoing.require('access.grant', now['tenant_id'])
    for (const given of await assignmentsOf(undoing, now))
      await requireMayTake(undoing.tx, undoing.actor, given)
  },
  async arrive(undoing, former) {
    await undoing.require('access.grant', former['tenant_id'])
    for (const given of await assignmentsOf(undoing, former))
      await requireMayGive(undoing.tx, undoing.actor, given)
  },
}

export const assignmentUndo: UndoRule = {
  permissions: ['access.grant'],
  async leave(undoing, now) {
    await requireSubject(undoing, now)
    if (isInForce(undoing, now))
      await requireMayTake(undoing.tx, undoing.actor, now as unknown as Given)
  },
  async arrive(undoing, former) {
    await requireSubject(undoing, former)
    if (isInForce(undoing, former))
      await requireMayGive(undoing.tx, undoing.actor, former as unknown as Given)
  },
}

async function requireSubject({ tx, actor, require }: Undoing, row: LoggedRow) {
  await require('access.grant', row['tenant_id'])
  const { person_id, group_id } = row
  const subject = person_id ? { person_id: Number(person_id) } : { group_id: Number(group_id) }
  if (!(await subjectText(tx, actor, subject)))
    throw new Forbidden('It was given to somebody of a tenant that you may not see.')
}

const isInForce = ({ tx }: Undoing, { expires_at }: LoggedRow) =>
  !expires_at || String(expires_at) > tx.operation.at

/** What is assigned to the group of a member and has not expired. */
const assignmentsOf = ({ tx }: Undoing, member: LoggedRow) =>
  everyTenant(tx)
    .selectFrom('role_assignment')
    .select(['tenant_id', 'role_id', 'effect', 'expires_at'])
    .where('group_id', '=', Number(member['group_id']))
    .where(({ or, eb }) =>
      or([eb('expires_at', 'is', null), eb('expires_at', '>', tx.operation.at)]),
    )
    .execute()

/** What it takes is asked of the person that it goes along with. */
const withItsPerson: UndoRule = { permissions: [] }

/** Whose secret is gone, or whose answer was given to somebody, does not come back. */
export const finalTables: Record<string, Final> = {
  api_token: {
    final: 'An API token cannot be brought back, only revoked. Make a new one.',
    stays_deleted: true,
  },
  identity: {
    final: 'Only the person themselves links an account of single sign-on.',
    stays_deleted: true,
    along: withItsPerson,
  },
  identity_provider: {
    final:
      'Providers of single sign-on are changed on their own page: their secrets are not in the history.',
    along: {
      permissions: ['settings.manage'],
      leave: ({ require }, now) => require('settings.manage', now['tenant_id']),
      arrive: ({ require }, former) => require('settings.manage', former['tenant_id']),
    },
  },
  access_request: {
    final:
      'Whoever asked was told the answer, so it stands. Withdraw the access that was given instead.',
    along: withItsPerson,
  },
}
