import { visibleScope } from '../../access/visible.ts'
import { preparedInScope } from '../../db/prepared.ts'
import { inScope } from '../../db/scope.ts'
import { idTable } from '../../db/search.ts'
import {
  type Consequence,
  type ConsequencePanel,
  consequencePanel,
  firstRows,
} from '../../jobs/consequences.ts'
import { chunks } from '../../pace.ts'
import { countOf } from '../../web/counts.ts'
import type { Move } from './consequences.ts'

const AT_ONCE = 500

const primaryPeopleOf = preparedInScope((db, scope, { ids }: { ids: string }) =>
  db
    .selectFrom(idTable(ids))
    .crossJoin('computer')
    .innerJoin('person', (join) =>
      join
        .onRef('person.tenant_id', '=', 'computer.tenant_id')
        .onRef('person.id', '=', 'computer.primary_person_id'),
    )
    .select(['person.id', 'person.name'])
    .whereRef('computer.id', '=', 'listed.id')
    .where(inScope(scope, 'computer.tenant_id')),
)

/** The people who are no computer's primary person any more, since they are of the tenant it leaves. */
export const primaryPeople: Consequence<Move, ConsequencePanel> = {
  name: 'primary_people',
  async foresee(db, asker, { computers }, pace) {
    const scope = visibleScope(asker, 'person.view')
    const people = new Map<number, { name: string; number: number }>()
    for (const some of chunks(computers, AT_ONCE)) {
      const ids = JSON.stringify(some.map(({ id }) => id))
      for (const { id, name } of await primaryPeopleOf(db, scope, { ids }))
        people.set(id, { name, number: (people.get(id)?.number ?? 0) + 1 })
      await pace(0, 0)
    }
    if (people.size === 0) return null
    const rows = [...people.values()].map(({ name, number }) => ({
      name,
      lines: [countOf(number, 'computer', 'computers')],
    }))
    return {
      title: 'Primary persons',
      note: `${countOf(people.size, 'person stays', 'people stay')} behind; the computers are then nobody’s.`,
      ...firstRows(rows),
    }
  },
  draw: consequencePanel,
}
