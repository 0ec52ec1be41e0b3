import { requireAuthorityOver } from '../access/authority.ts'
import { endAccess } from '../access/ending.ts'
import { type UndoRule, type Undoing, changedColumns } from '../audit/undo-rule.ts'
import { everyTenantTx } from '../db/scope-guard.ts'
import type { LoggedRow, Reversal } from '../db/undo.ts'

/** Whoever changes more of a user than the name needs authority over them, before and after. */
export const personUndo: UndoRule = {
  permissions: ['person.edit', 'person.create', 'person.delete'],
  async leave(undoing, now, former) {
    await undoing.require(former === null ? 'person.delete' : 'person.edit', now['tenant_id'])
    if (former === null || touchesAccess(now, former)) await requireAuthority(undoing, now)
  },
  async arrive(undoing, former, now) {
    const has_moved = now !== null && now['tenant_id'] !== former['tenant_id']
    if (now === null || has_moved) await undoing.require('person.create', former['tenant_id'])
    if (now === null || touchesAccess(now, former)) await requireAuthority(undoing, former)
  },
  async settle(undoing, some) {
    for (const reversal of some) await bringAccountAlong(undoing, reversal)
  },
}

/** The columns of a person that say nothing of what they may do. */
const HARMLESS = new Set(['name', 'sort_key'])

const touchesAccess = (now: LoggedRow, former: LoggedRow) =>
  changedColumns(now, former).some((name) => !HARMLESS.has(name))

const requireAuthority = ({ tx, actor }: Undoing, person: LoggedRow) =>
  requireAuthorityOver(
    tx,
    actor,
    {
      id: Number(person['id']),
      tenant_id: Number(person['tenant_id']),
      role_id: person['role_id'] as number | null,
    },
    tx.operation.at,
  )

/**
 * An account signs in by the address of its person; nobody stays signed in who may not be; and an
 * invitation whose link is gone, or went to another address, is not open again.
 */
async function bringAccountAlong({ tx }: Undoing, { now, former }: Reversal) {
  if (!former) return
  const person_id = Number(former['id'])
  const ends = now !== null && endsAccess(now, former)
  if (former['invited_at'] && (ends || !now?.['invited_at'])) await forgetInvitation(tx, person_id)
  if (ends) await endAccess(tx, person_id)
  if (now && now['email_key'] !== former['email_key'])
    await tx
      .updateTable('user_account')
      .set({ email_key: String(former['email_key']) })
      .where('person_id', '=', person_id)
      .execute()
}

/** As a change of the person would end it. */
const endsAccess = (now: LoggedRow, former: LoggedRow) =>
  former['role_id'] === null ||
  former['active'] === 0 ||
  now['tenant_id'] !== former['tenant_id'] ||
  (now['email_key'] !== former['email_key'] && Boolean(now['invited_at'] ?? former['invited_at']))

const forgetInvitation = (tx: Undoing['tx'], id: number) =>
  everyTenantTx(tx).updateTable('person').set({ invited_at: null }).where('id', '=', id).execute()
