import { type Asker, visibleScope } from '../access/visible.ts'
import type { ComputerTab } from '../db/computer-schema.ts'
import type { Reads } from '../db/connection.ts'
import { preparedInScope } from '../db/prepared.ts'
import { type Scope, WHOLE_TREE, inScope } from '../db/scope.ts'
import { idTable } from '../db/search.ts'
import { tabs } from './kinds.ts'

/** How many computers of the asker's each tab has. */
export type TabCounts = Record<ComputerTab, number>

/** Under which id the counts of the whole tree are kept. */
const EVERYTHING = 1

/**
 * How many computers there are in each tab. The counts of the tree and of each branch just below its
 * root are kept; those of other parts of it are counted.
 */
export async function countTabs(db: Reads, asker: Asker): Promise<TabCounts> {
  const scope = visibleScope(asker, 'computer.view')
  const tops = keptFor(scope)
  const found = tops
    ? await keptCounts(db, scope, { ids: JSON.stringify(tops) })
    : await countedTabs(db, scope, {})
  const counts = { active: 0, new: 0, stale: 0, deleted: 0 }
  for (const { tab, number } of found) counts[tab] = number
  return counts
}

/** All that is in a list whatever its tab; what is deleted does not count. */
export const countPresent = (counts: TabCounts) =>
  tabs.filter((tab) => tab !== 'deleted').reduce((sum, tab) => sum + counts[tab], 0)

/** The ids under which the counts of a scope are kept; null where they are not. */
function keptFor(scope: Scope): number[] | null {
  if (scope === WHOLE_TREE) return [EVERYTHING]
  const paths = scope.allow.map(({ from }) => from.split('/').slice(1, -1).map(Number))
  const are_tops = scope.deny.length === 0 && paths.every(({ length }) => length === 2)
  return are_tops ? paths.map(([, top]) => top!) : null
}

const keptCounts = preparedInScope((db, scope, { ids }: { ids: string }) =>
  db
    .selectFrom(idTable(ids))
    .innerJoin('computer_count', 'computer_count.top_id', 'listed.id')
    .select('computer_count.tab')
    .select((eb) => eb.fn.sum<number>('computer_count.number').as('number'))
    .where(inScope(scope, 'computer_count.top_id'))
    .groupBy('computer_count.tab'),
)

const countedTabs = preparedInScope((db, scope) =>
  db
    .selectFrom('tenant')
    .innerJoin('computer', 'computer.tenant_id', 'tenant.id')
    .select('computer.tab')
    .select((eb) => eb.fn.countAll<number>().as('number'))
    .where(inScope(scope, 'tenant.path'))
    .groupBy('computer.tab'),
)
