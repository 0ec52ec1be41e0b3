import { type Final, type UndoRule, changedColumns } from '../audit/undo-rule.ts'
import { everyTenantTx } from '../db/scope-guard.ts'
import type { Tx } from '../db/operation.ts'
import type { LoggedRow } from '../db/undo.ts'
import { Conflict } from '../errors.ts'

/** Whoever may not lock changes nothing of a schedule that is locked, was, or would be. */
const involvesLock = (one: LoggedRow, other: LoggedRow | null) =>
  one['locked'] === 1 || other?.['locked'] === 1

export const scheduleUndo: UndoRule = {
  permissions: ['schedule.edit'],
  async leave({ tx, require }, now, former) {
    await require('schedule.edit', now['tenant_id'])
    if (involvesLock(now, former)) await require('schedule.lock', now['tenant_id'])
    if (former === null) await requireNoWindow(tx, now)
  },
  async arrive({ require }, former, now) {
    await require('schedule.edit', former['tenant_id'])
    if (involvesLock(former, now)) await require('schedule.lock', former['tenant_id'])
  },
}

/** What came of a schedule goes when the schedule does, and no redo would bring it back. */
async function requireNoWindow(tx: Tx, { id, name }: LoggedRow) {
  const window = await everyTenantTx(tx)
    .selectFrom('maintenance_window')
    .select('id')
    .where('schedule_id', '=', Number(id))
    .limit(1)
    .executeTakeFirst()
  if (window)
    throw new Conflict(`“${name}” has had windows, which stay on record. Delete it instead.`)
}

/** Which computers are chosen is decided where the schedule is; they take it along when they move. */
export const chosenUndo: UndoRule = {
  permissions: ['schedule.edit', 'computer.move'],
  leave: ({ require }, now, former) =>
    isMove(now, former)
      ? require('computer.move', now['tenant_id'])
      : require('schedule.edit', now['schedule_tenant_id']),
  arrive: ({ require }, former, now) =>
    isMove(former, now)
      ? require('computer.move', former['tenant_id'])
      : require('schedule.edit', former['schedule_tenant_id']),
}

const isMove = (one: LoggedRow, other: LoggedRow | null) =>
  other !== null && changedColumns(one, other).join() === 'tenant_id'

export const overrideUndo: UndoRule = {
  permissions: ['schedule.edit'],
  leave: ({ require }, now) => require('schedule.edit', now['tenant_id']),
  arrive: ({ require }, former) => require('schedule.edit', former['tenant_id']),
}

/** An order goes along with its schedule or its computer to another tenant, and back. */
export const orderFinal: Final = {
  final: 'What was run, or cancelled, cannot be taken back.',
  stays_deleted: true,
  along: overrideUndo,
}

/** Whose secret is gone does not come back. */
export const feedFinal: Final = {
  final: 'A secret link cannot be brought back, only revoked. Make a new one.',
  stays_deleted: true,
}
