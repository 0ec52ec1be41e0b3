import { operation, system } from '../../src/db/operation.ts'
import { openSession } from '../../src/access/sessions.ts'
import { createToken } from '../../src/access/tokens.ts'
import { canary } from './canaries.ts'
import { ACME, NORTHWIND, RIVAL, type World, apiClient, browser } from './world.ts'
import { personRow } from './person.ts'

export { anyTenant } from './any-tenant.ts'

/** Ids of the built-in roles, as migration 006 creates them. */
export const roles = { administrator: 1, manager: 2, technician: 3, viewer: 4 } as const

export type RoleName = keyof typeof roles

/** Adds a user to a world, signed in and with an API token. */
export async function addUser(
  { app, db }: Pick<World, 'app' | 'db'>,
  tenant_id: number,
  name: string,
  role: RoleName,
) {
  const email = `${name.toLowerCase().replaceAll(' ', '.')}@${canary(tenant_id)}.example`
  const author = { person_id: null, name: 'Set-up' }
  const { person_id, token } = await operation(db, author, 'test.user', async (tx) => {
    const { id: person_id } = await tx
      .insertInto('person')
      .values({ ...personRow(tenant_id, name, email), role_id: roles[role] })
      .returning('id')
      .executeTakeFirstOrThrow()
    await tx
      .insertInto('user_account')
      .values({ person_id, email_key: email, password_hash: '!', password_changed_at: db.now() })
      .execute()
    return { person_id, token: await createToken(tx, { person_id, tenant_id }, 'tests') }
  })
  const session = await system(db, (tx) => openSession(tx, db.now(), person_id, 'tests'))
  return {
    person_id,
    session,
    token,
    browser: browser(app, session),
    api: apiClient(app, token),
  }
}

/**
 * The people whom every test of access knows: Bob, technician at Acme, a client with branches;
 * Dana, who only reads there; Charlie, administrator of Acme's rival; Vera, viewer at the MSP.
 */
export const addCast = async (w: Pick<World, 'app' | 'db'>) => ({
  bob: await addUser(w, ACME, 'Bob Technician', 'technician'),
  dana: await addUser(w, ACME, 'Dana Reader', 'viewer'),
  charlie: await addUser(w, RIVAL, 'Charlie Rival', 'administrator'),
  vera: await addUser(w, NORTHWIND, 'Vera Viewer', 'viewer'),
})
