import { permits } from '../../access/decide.ts'
import { lacks } from '../../access/visible.ts'
import type { Reads } from '../../db/connection.ts'
import { everyTenant, everyTenantTx } from '../../db/scope-guard.ts'
import { nameKey, sortKey } from '../../tenants/names.ts'
import { findParentChain, refuseMoves } from '../../tenants/places.ts'
import { refuseGain } from '../../tenants/rights.ts'
import { type Conflict, holdersOf, type Pair, type Part, RENAME } from '../part.ts'
import { admittedAt } from '../rows.ts'
import { withSuffix } from '../suffix.ts'
import { tally } from '../tally.ts'

/** Child tenants come under the destination; one whose name is taken there gets a suffix. */
export const children: Part = {
  columns: ['tenant.parent_id'],
  needs: ['tenant.view', 'tenant.move'],

  async look(db, pair) {
    const moving = await namedAnew(db, pair)
    const parent = await findParentChain(db, pair.destination.id)
    const impossible = [...(await refuseMoves(db, parent, moving)).values()]
    const forbidden = moving.flatMap(({ path }) => refuseOne(pair, path))
    const counts = [
      {
        what: 'Child tenants',
        number: moving.length,
        becomes: 'Move, with all below them',
        became: tally(
          moving,
          ({ name, new_name }) => name === new_name,
          'moved, with all below',
          'moved under another name, with all below',
        ),
      },
    ]
    const refusals = [...impossible.map(({ message }) => message), ...new Set(forbidden)]
    return { counts, refusals, conflicts: moving.flatMap(conflictOf) }
  },

  async move(tx, pair, step) {
    const parent_id = admittedAt(pair)
    for (const { id, name, new_name } of await namedAnew(tx, pair)) {
      const is_new = new_name !== name
      const columns = is_new && {
        name: new_name,
        name_key: nameKey(new_name),
        sort_key: sortKey(new_name),
      }
      await everyTenantTx(tx)
        .updateTable('tenant')
        .set((eb) => ({ parent_id, ...columns, version: eb('version', '+', 1) }))
        .where('id', '=', id)
        .execute()
      await step(1)
    }
  },
}

/** The rights of who merges count at each child: it may be denied to them. */
function refuseOne({ asker, destination }: Pair, path: string): string[] {
  if (!permits(asker.access, 'tenant.view', path))
    return ['Below it is something that you may not see. Somebody who sees all of it can merge it.']
  if (!permits(asker.access, 'tenant.move', path)) return [lacks('tenant.move').message]
  const gain = refuseGain(asker, path, destination.path)
  return gain ? [gain.message] : []
}

/** The children that move, with the names that they will have. */
export async function namedAnew(db: Reads, pair: Pair) {
  const moving = await childrenOf(db, [pair.source.id])
  const others = await childrenOf(db, holdersOf(pair))
  const taken = new Set([...others, ...moving].map(({ name_key }) => name_key))
  const held = new Set(others.map(({ name_key }) => name_key))
  return moving
    .filter(({ id }) => !pair.source_ids.has(id) || pair.fate === 'keep')
    .map((child) => {
      if (!held.has(child.name_key)) return { ...child, new_name: child.name }
      const new_name = withSuffix(child.name, pair.source.name, (name) => taken.has(nameKey(name)))
      taken.add(nameKey(new_name))
      return { ...child, new_name }
    })
}

const childrenOf = (db: Reads, parent_ids: number[]) =>
  everyTenant(db)
    .selectFrom('tenant')
    .select(['id', 'name', 'name_key', 'path', 'descendant_count'])
    .where('parent_id', 'in', parent_ids)
    .orderBy('id')
    .execute()

type Moving = Awaited<ReturnType<typeof namedAnew>>[number]

const conflictOf = ({ id, name, new_name }: Moving): Conflict[] =>
  name === new_name
    ? []
    : [
        {
          id: `tenant:${id}`,
          title: `Child tenant ${name}`,
          source: `Becomes ${new_name}`,
          destination: 'Has a child of this name',
          options: [RENAME],
        },
      ]
