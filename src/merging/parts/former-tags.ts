import type { Reads } from '../../db/connection.ts'
import { branchOf } from '../../db/scope.ts'
import { everyTenant, everyTenantTx } from '../../db/scope-guard.ts'
import { carriers } from '../carriers.ts'
import type { Pair, Part } from '../part.ts'
import { listed } from '../rows.ts'

/** A tag can be carried where it was made, and below: those of tenants that are left stay there. */
export const formerTags: Part = {
  columns: [],
  needs: ['person.view', 'computer.view', 'person.edit', 'computer.edit'],

  async look(db, pair) {
    const what = 'Tags of former parents that are carried'
    const number = await countFromAbove(db, pair)
    return { counts: [{ what, number, becomes: 'Are taken off', became: 'Taken off' }] }
  },

  async move(tx, pair, step) {
    for (const { table } of carriers) {
      await everyTenantTx(tx)
        .deleteFrom(table)
        .where('id', 'in', (eb) => eb.selectFrom(carriedFromAbove(tx, table, pair)).select('id'))
        .execute()
      await step(0)
    }
  },
}

/** What is carried at the source or below it, of tenants that are not above the destination. */
function carriedFromAbove(db: Reads, table: 'person_tag', { source, destination }: Pair) {
  const above = source.path.split('/').slice(2, -2).map(Number)
  const lost = above.filter((id) => !destination.path.includes(`/${id}/`))
  const { from, to } = branchOf(source.path)
  return everyTenant(db)
    .selectFrom(`${table} as carried`)
    .innerJoin('tenant', 'tenant.id', 'carried.tenant_id')
    .select('carried.id')
    .where('carried.tag_tenant_id', 'in', (eb) => eb.selectFrom(listed(lost)).select('listed.id'))
    .where('tenant.path', '>=', from)
    .where('tenant.path', '<', to)
    .as('left_behind')
}

async function countFromAbove(db: Reads, pair: Pair) {
  let sum = 0
  for (const { table } of carriers) {
    const { number } = await everyTenant(db)
      .selectFrom(carriedFromAbove(db, table, pair))
      .select((eb) => eb.fn.countAll<number>().as('number'))
      .executeTakeFirstOrThrow()
    sum += number
  }
  return sum
}
