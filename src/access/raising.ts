import type { Reads } from '../db/connection.ts'
import { everyTenant } from '../db/scope-guard.ts'
import { permitsThroughout } from './decide.ts'
import { permissionsOf } from './grants.ts'
import type { Asker } from './visible.ts'

/**
 * Whether the asker has throughout All tenants everything that the users of a tenant would have
 * there if it became an MSP: nobody can give more than they have.
 */
export async function mayRaise(db: Reads, { access }: Asker, tenant_id: number) {
  const roles = await everyTenant(db)
    .selectFrom('person')
    .innerJoin('role', 'role.id', 'person.role_id')
    .select(['role.key', 'role.permissions'])
    .where('person.tenant_id', '=', tenant_id)
    .distinct()
    .execute()
  return roles.every((role) =>
    [...permissionsOf(role)].every((permission) => permitsThroughout(access, permission, '/1/')),
  )
}
