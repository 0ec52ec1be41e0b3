import { operation } from '../../src/db/operation.ts'
import { everyTenant, everyTenantTx } from '../../src/db/scope-guard.ts'
import { look } from '../../src/maintenance/scheduler.ts'
import { anyTenant } from './any-tenant.ts'
import type { World } from './world.ts'

/** What the scheduler finds and does at a moment of the world's clock. */
export async function lookAt({ db, clock }: World, now: string) {
  clock.now = now.length < 24 ? `${now}:00.000Z` : now
  await look(db)
}

/** Every window that there is, in the order in which they were recorded. */
export const listWindows = ({ db }: Pick<World, 'db'>) =>
  everyTenant(db).selectFrom('maintenance_window').selectAll().orderBy('id').execute()

/** Every session that there is, with the options that it has. */
export const listSessions = ({ db }: Pick<World, 'db'>) =>
  everyTenant(db)
    .selectFrom('maintenance_session as session')
    .innerJoin('session_options', 'session_options.id', 'session.options_id')
    .selectAll('session')
    .select('session_options.options')
    .orderBy('session.id')
    .execute()

/** Decides a preference for a tenant; of a list, what is added to it. */
export async function putPreference({ api }: World, tenant: number, key: string, value: unknown) {
  const entry = Array.isArray(value) ? { add: value, remove: [] } : { value }
  const answer = await api.put(`/tenants/${tenant}/preferences/${key}`, entry)
  if (answer.statusCode >= 300) throw new Error(answer.body)
}

/** Puts a computer into another tenant, as moves, merges and reports do. */
export const moveComputer = ({ db, actor }: World, id: number, tenant: number) =>
  operation(db, actor, 'test.move', (tx) =>
    everyTenantTx(tx)
      .updateTable('computer')
      .set({ tenant_id: anyTenant(tenant) })
      .where('id', '=', id)
      .execute(),
  )
