import { permits } from '../../access/decide.ts'
import { readFilter } from '../../computers/groups/filter.ts'
import type { Permission } from '../../access/permissions.ts'
import type { Reads } from '../../db/connection.ts'
import type { Tx } from '../../db/operation.ts'
import { everyTenant, everyTenantTx } from '../../db/scope-guard.ts'
import { namedByGroup } from '../../db/search.ts'
import type { Pair, Part } from '../part.ts'

/**
 * Groups of computers of others whose filter names the source: it names the destination from then
 * on, where whoever merges may change the group. The others have no members any more, and say why.
 */
export const namingGroups: Part = {
  columns: [],
  needs: [],

  async look(db, pair) {
    const groups = await groupsNaming(db, pair)
    const seen = groups.filter(({ path }) => permits(pair.asker.access, 'computer.view', path))
    const followed = seen.filter((group) => mayFollow(pair, group))
    const empty =
      pair.fate === 'delete' ? 'Have no members any more, and say why' : 'Stay as they are'
    const what = 'Groups of computers elsewhere that name it'
    return {
      counts: [
        {
          what,
          number: followed.length,
          becomes: 'Name the destination',
          became: 'Name the destination now',
        },
        {
          what: `${what}, which you may not change or which do not reach the destination`,
          number: seen.length - followed.length,
          becomes: empty,
          became: pair.fate === 'delete' ? 'Left without members' : 'Left as they were',
        },
      ],
    }
  },

  async move(tx, pair, step) {
    for (const group of await groupsNaming(tx, pair)) {
      if (!mayFollow(pair, group)) continue
      await pointAt(tx, group.id, atDestination(group.filter, pair))
      await step(1)
    }
  },
}

/** A filter that names what is merged, as one that names the destination. */
export function atDestination(json: string, { source_ids, destination }: Pair) {
  const filter = readFilter(json)
  if (filter?.tenant_id == null || !source_ids.has(filter.tenant_id)) return json
  return JSON.stringify({ ...filter, tenant_id: destination.id })
}

/** Groups whose filter names a tag that became part of another one: it names that, likewise. */
export async function followTag(tx: Tx, pair: Pair, tag_id: number, successor_id: number) {
  const groups = await groupsOfOthers(tx, pair).where(namedByGroup.tag, '=', tag_id).execute()
  for (const { id, filter } of groups.filter((group) => mayFollow(pair, group)))
    await pointAt(tx, id, JSON.stringify({ ...readFilter(filter), tag_id: successor_id }))
}

const pointAt = (tx: Tx, id: number, filter: string) =>
  everyTenantTx(tx)
    .updateTable('computer_group')
    .set((eb) => ({ filter, version: eb('version', '+', 1) }))
    .where('id', '=', id)
    .execute()

const groupsNaming = (db: Reads, pair: Pair) =>
  groupsOfOthers(db, pair).where(namedByGroup.tenant, '=', pair.source.id).execute()

/** Those of tenants that are not merged themselves: the groups of these go along. */
const groupsOfOthers = (db: Reads, { source_ids }: Pair) =>
  everyTenant(db)
    .selectFrom('computer_group')
    .innerJoin('tenant', 'tenant.id', 'computer_group.tenant_id')
    .select(['computer_group.id', 'computer_group.filter', 'tenant.path'])
    .where('computer_group.missing', '=', '')
    .where('computer_group.tenant_id', 'not in', [...source_ids])
    .orderBy('computer_group.id')

/**
 * Whether the filter may name the destination: for whoever merges, and since a group has members only
 * at its tenant and below. What is below the source comes to be below the destination.
 */
function mayFollow({ asker, source, destination }: Pair, { path }: { path: string }) {
  const reaches = destination.path.startsWith(path) || path.startsWith(source.path)
  const may = (permission: Permission) => permits(asker.access, permission, path)
  return reaches && may('computer.view') && may('computer_group.manage')
}
