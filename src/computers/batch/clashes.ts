import { type Asker, visibleScope } from '../../access/visible.ts'
import type { Reads } from '../../db/connection.ts'
import { preparedInScope } from '../../db/prepared.ts'
import { inScope } from '../../db/scope.ts'
import { idTable, textTable } from '../../db/search.ts'
import {
  type Consequence,
  type ConsequencePanel,
  consequencePanel,
  firstRows,
} from '../../jobs/consequences.ts'
import { type Pace, chunks } from '../../pace.ts'
import { countOf } from '../../web/counts.ts'
import type { Move } from './consequences.ts'

const AT_ONCE = 500

const namesOf = preparedInScope((db, scope, { ids }: { ids: string }) =>
  db
    .selectFrom(idTable(ids))
    .crossJoin('computer')
    .select(['computer.name', 'computer.sort_key'])
    .whereRef('computer.id', '=', 'listed.id')
    .where(inScope(scope, 'computer.tenant_id')),
)

const namesakesAt = preparedInScope(
  (db, scope, { keys, tenant_id }: { keys: string; tenant_id: number }) =>
    db
      .selectFrom(textTable(keys))
      .crossJoin('computer')
      .select('computer.sort_key')
      .where('computer.tenant_id', '=', tenant_id as never)
      .where('computer.tab', 'in', ['active', 'new', 'stale'])
      .whereRef('computer.sort_key', '=', 'listed.text')
      .where(inScope(scope, 'computer.tenant_id')),
)

/** Computers that would have the name of another one there. Names need not differ: it is only said. */
export const nameClashes: Consequence<Move, ConsequencePanel> = {
  name: 'name_clashes',
  async foresee(db, asker, move, pace) {
    const moved = await countMoved(db, asker, move, pace)
    const there = await countThere(db, asker, move.tenant_id, [...moved.keys()], pace)
    const rows = [...moved]
      .filter(([key, { number }]) => number > 1 || there.has(key))
      .map(([key, { name, number }]) => ({ name, lines: [sayWhere(number, there.get(key) ?? 0)] }))
    if (rows.length === 0) return null
    return {
      title: 'Same names',
      note: `${countOf(rows.length, 'name is', 'names are')} then there more than once. That is allowed.`,
      ...firstRows(rows),
    }
  },
  draw: consequencePanel,
}

const sayWhere = (moved: number, there: number) =>
  [moved > 1 ? `${moved} of those that move` : '', there > 0 ? `${there} there already` : '']
    .filter(Boolean)
    .join(', ')

/** How many of those that move have each name, by what it sorts by. */
async function countMoved(db: Reads, asker: Asker, { computers }: Move, pace: Pace) {
  const scope = visibleScope(asker, 'computer.view')
  const moved = new Map<string, { name: string; number: number }>()
  for (const some of chunks(computers, AT_ONCE)) {
    const ids = JSON.stringify(some.map(({ id }) => id))
    for (const { name, sort_key } of await namesOf(db, scope, { ids }))
      moved.set(sort_key, { name, number: (moved.get(sort_key)?.number ?? 0) + 1 })
    await pace(0, 0)
  }
  return moved
}

async function countThere(db: Reads, asker: Asker, tenant_id: number, keys: string[], pace: Pace) {
  const scope = visibleScope(asker, 'computer.view')
  const there = new Map<string, number>()
  for (const some of chunks(keys, AT_ONCE)) {
    const wanted = { keys: JSON.stringify(some), tenant_id }
    for (const { sort_key } of await namesakesAt(db, scope, wanted))
      there.set(sort_key, (there.get(sort_key) ?? 0) + 1)
    await pace(0, 0)
  }
  return there
}
