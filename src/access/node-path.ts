import type { Reads } from '../db/connection.ts'
import { prepared } from '../db/prepared.ts'
import { everyTenant } from '../db/scope-guard.ts'
import { NotFound } from '../errors.ts'

const pathById = prepared((db, { id }: { id: number }) =>
  everyTenant(db).selectFrom('tenant').select('path').where('id', '=', id),
)

/** The path of a tenant, by which access is decided. It says nothing of who may see the tenant. */
export async function nodePath(db: Reads, id: number) {
  const [tenant] = await pathById(db, { id })
  if (!tenant) throw new NotFound(`tenant ${id}`)
  return tenant.path
}
