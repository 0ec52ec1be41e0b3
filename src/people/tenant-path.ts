import type { Reads } from '../db/connection.ts'
import { prepared } from '../db/prepared.ts'
import { everyTenant } from '../db/scope-guard.ts'

const pathOf = prepared((db, { id }: { id: number }) =>
  everyTenant(db).selectFrom('tenant').select('path').where('id', '=', id),
)

/** The path (`/1/3/`) of a tenant that the asker was found to see. */
export async function readTenantPath(db: Reads, id: number) {
  const [tenant] = await pathOf(db, { id })
  return tenant?.path ?? ''
}
