import type { Reads } from '../../db/connection.ts'
import { everyTenant, everyTenantTx } from '../../db/scope-guard.ts'
import { namedByGroup } from '../../db/search.ts'
import { nameKey } from '../../tenants/names.ts'
import { chosen, type Conflict, holdersOf, type Pair, type Part } from '../part.ts'
import { admittedAt } from '../rows.ts'
import { withSuffix } from '../suffix.ts'
import { tally } from '../tally.ts'
import { atDestination } from './naming-groups.ts'

const MOVE = { value: 'move', label: 'Move it: it covers what matches in all of the destination' }
const DELETE = { value: 'delete', label: 'Delete it' }

/** A group is a filter: at the destination it matches what is there, so each is a choice. */
export const computerGroups: Part = {
  // Schedules that are for one follow it by themselves.
  columns: ['computer_group.tenant_id', 'schedule.target_group_tenant_id'],
  needs: ['computer.view', 'computer_group.manage'],

  async look(db, pair) {
    const groups = await groupsAt(db, [pair.source.id])
    return {
      counts: [
        {
          what: 'Groups of computers',
          number: groups.length,
          becomes: 'Move, as you choose',
          became: tally(groups, (group) => isDeleted(pair, group), 'deleted', 'moved'),
        },
      ],
      conflicts: groups.map((group) => conflictOf(group, pair)),
    }
  },

  async move(tx, pair, step) {
    const others = await groupsAt(tx, [pair.source.id, ...holdersOf(pair)])
    const taken = new Set(
      others
        .filter(({ tenant_id }) => tenant_id !== pair.source.id)
        .map(({ name_key }) => name_key),
    )
    for (const group of await groupsGoing(tx, pair)) {
      const all = everyTenantTx(tx)
      if (isDeleted(pair, group))
        await all.deleteFrom('computer_group').where('id', '=', group.id).execute()
      else
        await all
          .updateTable('computer_group')
          .set((eb) => ({
            tenant_id: admittedAt(pair),
            ...nameAmong(taken, group, pair),
            filter: atDestination(group.filter, pair),
            version: eb('version', '+', 1),
          }))
          .where('id', '=', group.id)
          .execute()
      await step(1)
    }
  },
}

const groupsAt = (db: Reads, tenant_ids: number[]) =>
  groups(db).where('tenant_id', 'in', tenant_ids).execute()

const groups = (db: Reads) =>
  everyTenant(db)
    .selectFrom('computer_group')
    .select(['id', 'tenant_id', 'name', 'name_key', 'description', 'filter'])
    .orderBy('id')

/**
 * Those of the source, and those of another source that name it or a tag of it: what they name ends
 * before their own tenant comes to its turn, and would write them while they are still there.
 */
const groupsGoing = (db: Reads, { source, source_ids }: Pair) =>
  groups(db)
    .where('tenant_id', 'in', [...source_ids])
    .where((eb) =>
      eb.or([
        eb('tenant_id', '=', source.id),
        eb(namedByGroup.tenant, '=', source.id),
        eb(namedByGroup.tag, 'in', tagsAt(db, source.id)),
      ]),
    )
    .execute()

const tagsAt = (db: Reads, tenant_id: number) =>
  everyTenant(db).selectFrom('tag').select('tag.id').where('tag.tenant_id', '=', tenant_id)

const isDeleted = (pair: Pair, group: Group) =>
  chosen(pair, conflictOf(group, pair)) === DELETE.value

type Group = Awaited<ReturnType<typeof groupsAt>>[number]

const conflictOf = ({ id, name, description }: Group, { source, destination }: Pair): Conflict => ({
  id: `computers:${id}`,
  title: `Group of computers ${name}`,
  source: description || `Covers what matches at ${source.name}`,
  destination: `Would cover what matches at ${destination.name}`,
  options: [MOVE, DELETE],
})

/** The name that it has at the destination, from then on taken. */
function nameAmong(taken: Set<string>, { name, name_key }: Group, { source }: Pair) {
  const new_name = taken.has(name_key)
    ? withSuffix(name, source.name, (one) => taken.has(nameKey(one)))
    : name
  taken.add(nameKey(new_name))
  return { name: new_name, name_key: nameKey(new_name) }
}
