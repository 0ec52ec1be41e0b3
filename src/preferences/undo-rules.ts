import { type UndoRule, type Undoing, changedColumns } from '../audit/undo-rule.ts'
import { everyTenant } from '../db/scope-guard.ts'
import type { LoggedRow, Reversal } from '../db/undo.ts'
import { Conflict } from '../errors.ts'
import { getPreference } from './catalogue.ts'

/** To set another lock than there is, or to take one away, is to lock. */
export const entryUndo: UndoRule = {
  permissions: ['preference.edit'],
  async leave({ require }, now, former) {
    await require('preference.edit', now['tenant_id'])
    if (changesLock(now, former)) await require('preference.lock', now['tenant_id'])
  },
  async arrive({ require }, former, now) {
    await require('preference.edit', former['tenant_id'])
    if (changesLock(former, now)) await require('preference.lock', former['tenant_id'])
  },
  async settle(undoing, some) {
    for (const reversal of some) await refuseOrphans(undoing, reversal)
  },
}

/** An exemption is granted where it holds, and where the lock is that it waives. */
export const exemptionUndo: UndoRule = {
  permissions: ['preference.exempt'],
  leave: requireBoth,
  async arrive(undoing, former) {
    await requireBoth(undoing, former)
    await requireLock(undoing, former)
  },
}

async function requireBoth({ require }: Undoing, row: LoggedRow) {
  await require('preference.exempt', row['tenant_id'])
  await require('preference.exempt', row['lock_tenant_id'])
}

function changesLock(one: LoggedRow, other: LoggedRow | null) {
  if (other === null) return one['lock'] !== null
  return changedColumns(one, other).some((name) => name === 'lock' || name === 'bounds')
}

/** An exemption ends with its lock: none may be left that would wait for the next one. */
async function refuseOrphans({ tx }: Undoing, { now, former }: Reversal) {
  if (!now || now['lock'] === null || (former && former['lock'] !== null)) return
  const left = await everyTenant(tx)
    .selectFrom('exemption')
    .select('id')
    .where('lock_tenant_id', '=', Number(now['tenant_id']))
    .where('key', '=', String(now['key']))
    .executeTakeFirst()
  if (left)
    throw new Conflict(
      `${labelOf(now)}: somebody was exempt from this lock since. Withdraw the exemption first.`,
    )
}

async function requireLock({ tx }: Undoing, exemption: LoggedRow) {
  const lock = await everyTenant(tx)
    .selectFrom('preference_entry')
    .select('id')
    .where('tenant_id', '=', Number(exemption['lock_tenant_id']) as never)
    .where('key', '=', String(exemption['key']))
    .where('lock', 'is not', null)
    .executeTakeFirst()
  if (!lock) throw new Conflict(`${labelOf(exemption)}: the lock that it waives is gone.`)
}

const labelOf = (row: LoggedRow) => getPreference(String(row['key'])).label
