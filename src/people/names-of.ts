import type { Reads } from '../db/connection.ts'
import { prepared } from '../db/prepared.ts'
import { everyTenant } from '../db/scope-guard.ts'
import { idTable } from '../db/search.ts'

const namesById = prepared((db, { ids }: { ids: string }) =>
  everyTenant(db)
    .selectFrom('tenant')
    .select(['id', 'name', 'slug'])
    .where('id', 'in', (eb) => eb.selectFrom(idTable(ids)).select('id')),
)

/** Names and slugs of the tenants of people whom the asker was found to see, by id. */
export async function tenantNamesOf(db: Reads, people: { tenant_id: number }[]) {
  const ids = [...new Set(people.map(({ tenant_id }) => tenant_id))]
  const tenants = await namesById(db, { ids: JSON.stringify(ids) })
  return new Map(tenants.map((tenant) => [tenant.id, tenant]))
}
