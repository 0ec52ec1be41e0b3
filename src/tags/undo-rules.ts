import type { UndoRule, Undoing } from '../audit/undo-rule.ts'
import { prepared } from '../db/prepared.ts'
import { everyTenant } from '../db/scope-guard.ts'
import type { LoggedRow } from '../db/undo.ts'
import { Conflict } from '../errors.ts'
import type { Permission } from '../access/permissions.ts'

export const tagUndo: UndoRule = {
  permissions: ['tag.manage'],
  leave: ({ require }, now) => require('tag.manage', now['tenant_id']),
  arrive: ({ require }, former) => require('tag.manage', former['tenant_id']),
}

/** What it takes to give a tag back, or to take it, is what it takes to change who carries it. */
const carriedBy = (permission: Permission): UndoRule => ({
  permissions: [permission],
  leave: ({ require }, now) => require(permission, now['tenant_id']),
  async arrive(undoing, former) {
    await undoing.require(permission, former['tenant_id'])
    await requirePlace(undoing, former)
  },
})

export const personTagUndo = carriedBy('person.edit')
export const tenantTagUndo = carriedBy('tenant.edit')

/** A tag goes with its computer to another tenant; anything else about it is an edit. */
export const computerTagUndo: UndoRule = {
  permissions: ['computer.edit', 'computer.move'],
  leave: ({ require }, now, former) =>
    require(former ? 'computer.move' : 'computer.edit', now['tenant_id']),
  async arrive(undoing, former, now) {
    await undoing.require(now ? 'computer.move' : 'computer.edit', former['tenant_id'])
    await requirePlace(undoing, former)
  },
}

const pathsOf = prepared((db, { one, other }: { one: number; other: number }) =>
  everyTenant(db)
    .selectFrom('tenant as made_at')
    .crossJoin('tenant as carried_at')
    .select(['made_at.path as tag_path', 'carried_at.path as path'])
    .where('made_at.id', '=', one)
    .where('carried_at.id', '=', other),
)

/** Tenants may have moved since: a tag can be carried where it was made, and below. */
async function requirePlace({ tx }: Undoing, { tag_tenant_id, tenant_id }: LoggedRow) {
  const ids = { one: Number(tag_tenant_id), other: Number(tenant_id) }
  const [found] = await pathsOf(tx, ids)
  if (!found?.path.startsWith(found.tag_path))
    throw new Conflict('A tag cannot be used any more where it would be given back.')
}
