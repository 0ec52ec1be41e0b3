import type { Permission } from '../access/permissions.ts'
import { type UndoRule, changedColumns } from '../audit/undo-rule.ts'
import type { LoggedRow } from '../db/undo.ts'
import { dropTagsOutOfPlace } from '../tags/moves.ts'
import { requireUnused } from './groups/uses.ts'

export const computerUndo: UndoRule = {
  permissions: ['computer.edit', 'computer.move', 'computer.delete', 'computer.purge'],
  async leave({ require }, now, former) {
    if (former === null) return require('computer.purge', now['tenant_id'])
    for (const permission of neededFor(now, former)) await require(permission, now['tenant_id'])
  },
  async arrive({ require }, former, now) {
    if (now === null) return require('computer.create', former['tenant_id'])
    for (const permission of neededFor(now, former)) await require(permission, former['tenant_id'])
  },
  // What it was given at the tenant that it leaves may not be usable where it comes back to.
  async settle({ tx }, some) {
    const moved = some.filter(
      ({ now, former }) => now && former && now['tenant_id'] !== former['tenant_id'],
    )
    const ids = moved.map(({ row_id }) => row_id)
    if (ids.length > 0) await dropTagsOutOfPlace(tx, ids)
  },
}

/** What the change takes, by the columns that it is about; its tenant counts on both sides. */
function neededFor(now: LoggedRow, former: LoggedRow): Permission[] {
  const columns = new Set(changedColumns(now, former))
  const is_move = columns.delete('tenant_id')
  // Whoever the computer was for stays behind when it moves.
  if (is_move) columns.delete('primary_person_id')
  const ends = [now['state'], former['state']].includes('deleted') && columns.delete('state')
  return [
    ...(is_move ? (['computer.move'] as const) : []),
    ...(ends ? (['computer.delete'] as const) : []),
    ...(columns.size > 0 ? (['computer.edit'] as const) : []),
  ]
}

/** An agent goes with its computer to another tenant; anything else about it is decided. */
export const agentUndo: UndoRule = {
  permissions: ['computer.edit', 'computer.move'],
  leave: ({ require }, now, former) => require(neededForAgent(now, former), now['tenant_id']),
  arrive: ({ require }, former, now) => require(neededForAgent(former, now), former['tenant_id']),
}

function neededForAgent(one: LoggedRow, other: LoggedRow | null): Permission {
  const columns = other && changedColumns(one, other)
  return columns?.join() === 'tenant_id' ? 'computer.move' : 'computer.edit'
}

/** A group that was made is not taken back while anything uses it. */
export const computerGroupUndo: UndoRule = {
  permissions: ['computer_group.manage'],
  async leave({ require, tx, actor }, now, former) {
    await require('computer_group.manage', now['tenant_id'])
    const group = { id: Number(now['id']), name: String(now['name']) }
    if (former === null) await requireUnused(tx, actor, group)
  },
  arrive: ({ require }, former) => require('computer_group.manage', former['tenant_id']),
}
