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
const carriedBy = (table: 'person_tag' | 'tenant_tag', permission: Permission): UndoRule => ({
  permissions: [permission],
  leave: ({ require }, now) => require(permission, now['tenant_id']),
  async arrive(undoing, former) {
    await undoing.require(permission, former['tenant_id'])
    await requirePlace(undoing, table, former)
  },
})

export const personTagUndo = carriedBy('person_tag', 'person.edit')
export const tenantTagUndo = carriedBy('tenant_tag', 'tenant.edit')

/** A tag goes with its computer to another tenant; anything else about it is an edit. */
export const computerTagUndo: UndoRule = {
  permissions: ['computer.edit', 'computer.move'],
  leave: ({ require }, now, former) =>
    require(former ? 'computer.move' : 'computer.edit', now['tenant_id']),
  async arrive(undoing, former, now) {
    await undoing.require(now ? 'computer.move' : 'computer.edit', former['tenant_id'])
    await requirePlace(undoing, 'computer_tag', former)
  },
}

/** Where a tag that is carried was made, and where what carries it is. */
const placesIn = (table: 'person_tag' | 'computer_tag' | 'tenant_tag') =>
  prepared((db, { id }: { id: number }) =>
    everyTenant(db)
      // The tables are alike in what is read of them here.
      .selectFrom(`${table as 'person_tag'} as carried`)
      .innerJoin('tenant as made_at', 'made_at.id', 'carried.tag_tenant_id')
      .innerJoin('tenant as carried_at', 'carried_at.id', 'carried.tenant_id')
      .select(['made_at.path as tag_path', 'carried_at.path as path'])
      .where('carried.id', '=', id),
  )

const placesOf = {
  person_tag: placesIn('person_tag'),
  computer_tag: placesIn('computer_tag'),
  tenant_tag: placesIn('tenant_tag'),
}

/**
 * Tenants may have moved since: a tag can be carried where it was made, and below. The row is read as
 * it is now: the operation may have changed it twice, and what it was in between counts for nothing.
 */
async function requirePlace({ tx }: Undoing, table: keyof typeof placesOf, { id }: LoggedRow) {
  const [found] = await placesOf[table](tx, { id: Number(id) })
  if (found && !found.path.startsWith(found.tag_path))
    throw new Conflict('A tag cannot be used any more where it would be given back.')
}
