import { readFileSync } from 'node:fs'
import t from 'tap'
import type { FastifyInstance } from 'fastify'
import type { Actor } from '../../src/access/actor.ts'
import { type Access, permits, scopeOf } from '../../src/access/decide.ts'
import type { Permission } from '../../src/access/permissions.ts'
import { requireTenant, visibleScope } from '../../src/access/visible.ts'
import type { Db } from '../../src/db/connection.ts'
import type { SystemTx, Tx } from '../../src/db/operation.ts'
import { type VisibleTenant, inScope, ofTenant } from '../../src/db/scope.ts'
import { everyTenant, everyTenantTx } from '../../src/db/scope-guard.ts'
import {
  blockInheritance,
  grantExemption,
  setPreference,
  unsetPreference,
  withdrawExemption,
} from '../../src/preferences/commands.ts'
import { createTenant } from '../../src/tenants/commands.ts'

// None of this is ever called: `tsc` reads it, and complains where a line that must not compile
// does.

const KEY = 'maintenance.time_zone'
const DRAFT = { form: { value: 'Europe/London' }, lock: null }
const EXEMPTION = { key: KEY, lock_tenant_id: 1, reason: '', ticket: '', expires_at: null }
const TENANT = { name: 'X', kind: 'client', description: '' } as const

type Here = {
  db: Db
  tx: Tx
  machinery: SystemTx
  actor: Actor
  access: Access
  id: number
  seen: VisibleTenant<'tenant.view'>
  creatable: VisibleTenant<'tenant.create'>
  exemptible: VisibleTenant<'preference.exempt'>
  lockable: VisibleTenant<'preference.lock'>
  text: string
  editable: VisibleTenant<'preference.edit'>
}

/** The same, as it is meant: so that it is for the reason given that the rest does not compile. */
export const compiles = ({ db, tx, actor, access, ...tenant }: Here) => [
  tx.insertInto('user_group').values({ tenant_id: tenant.seen, name: 'x', name_key: 'x' }),
  tx.updateTable('role_assignment').set({ tenant_id: tenant.seen }),
  createTenant(tx, tenant.creatable, TENANT),
  everyTenantTx(tx).deleteFrom('person'),
  setPreference(tx, tenant.editable, KEY, DRAFT, { locking: tenant.lockable }),
  unsetPreference(tx, tenant.editable, KEY),
  grantExemption(tx, actor, tenant.exemptible, EXEMPTION),
  withdrawExemption(tx, actor, tenant.exemptible, tenant.id),
  blockInheritance(tx, tenant.lockable, true),
  ofTenant('person.tenant_id', tenant.seen),
  inScope(scopeOf(access, 'tenant.view'), 'tenant.path'),
  requireTenant(db, actor, 'tenant.view', tenant.id),
  visibleScope(actor, 'tenant.view'),
]

export const onlyOperationsWrite = ({ db, machinery, id, creatable }: Here) => [
  // @ts-expect-error: what reads cannot insert.
  db.insertInto('user_group').values({ tenant_id: id, name: 'x', name_key: 'x' }),
  // @ts-expect-error: nor update.
  db.updateTable('person').set({ name: 'x' }),
  // @ts-expect-error: nor delete.
  db.deleteFrom('person').where('id', '=', id),
  // @ts-expect-error: not even past the scope of the actor.
  everyTenant(db).deleteFrom('person'),
  // @ts-expect-error: a command needs an open operation.
  createTenant(db, creatable, TENANT),
  // @ts-expect-error: the transaction of the machinery is none.
  createTenant(machinery, creatable, TENANT),
  // @ts-expect-error: what only reads does not write past the scopes either.
  everyTenantTx(db),
]

export const rowsHaveAnAdmittedTenant = ({ tx, id, seen }: Here) => [
  // @ts-expect-error: a number is no tenant at which somebody was admitted.
  tx.insertInto('user_group').values({ tenant_id: id, name: 'x', name_key: 'x' }),
  tx
    .insertInto('user_group_member')
    // @ts-expect-error: nor for a member of a group.
    .values({ tenant_id: id, group_id: 1, person_id: 1 }),
  tx
    .insertInto('role_assignment')
    // @ts-expect-error: nor for an assignment.
    .values({ tenant_id: id, person_id: 1, role_id: 1, effect: 'allow', operation_id: 1 }),
  // @ts-expect-error: a row does not move to a tenant at which nobody was admitted.
  tx.updateTable('role_assignment').set({ tenant_id: id }),
  // @ts-expect-error: nor to none.
  tx.updateTable('user_group').set({ tenant_id: null }),
  // @ts-expect-error: the place of a tenant is kept by the database alone.
  tx.updateTable('tenant').set({ path: '/1/' }),
  // @ts-expect-error: and so is the client that it is part of.
  tx.updateTable('tenant').set({ top_id: seen }),
]

export const commandsNeedTheirPermission = ({ tx, actor, id, seen, editable }: Here) => [
  // @ts-expect-error: a number is nothing at which one was admitted.
  setPreference(tx, id, KEY, DRAFT),
  // @ts-expect-error: to see a tenant is not to set its preferences.
  setPreference(tx, seen, KEY, DRAFT),
  // @ts-expect-error: nor to take them back.
  unsetPreference(tx, seen, KEY),
  // @ts-expect-error: to set preferences is not to lock them.
  setPreference(tx, editable, KEY, DRAFT, { locking: editable }),
  // @ts-expect-error: nor to exempt from a lock.
  grantExemption(tx, actor, editable, {
    key: KEY,
    lock_tenant_id: 1,
    reason: '',
    expires_at: null,
  }),
  // @ts-expect-error: nor to end an exemption.
  withdrawExemption(tx, actor, editable, id),
  // @ts-expect-error: nor to block what comes from above.
  blockInheritance(tx, editable, true),
]

export const placesAreNotMadeUp = ({ db, actor, access, id, seen, text }: Here) => {
  // @ts-expect-error: a number is no tenant at which one was admitted.
  const admitted: VisibleTenant = id
  // @ts-expect-error: what admits to one thing does not admit to another.
  const deletable: VisibleTenant<'tenant.delete'> = seen
  return [
    admitted,
    deletable,
    // @ts-expect-error: a query is confined to a tenant at which one was admitted.
    ofTenant('person.tenant_id', id),
    // @ts-expect-error: a scope is found by a permission, and is no path.
    inScope('/1/3/', 'tenant.path'),
    // @ts-expect-error: there is no such permission.
    permits(access, 'tenant.fly', '/1/'),
    // @ts-expect-error: nor is a role one.
    scopeOf(access, 'administrator'),
    // @ts-expect-error: any text may be none.
    requireTenant(db, actor, text, id),
    // @ts-expect-error: who somebody is does not say what they may do.
    visibleScope({ person_id: actor.person_id }, 'tenant.view'),
  ]
}

export const routesSayWhatTheyNeed = (app: FastifyInstance, permission: Permission) => [
  // @ts-expect-error: there is no such permission.
  app.get('/x', { config: { permission: 'tenant.fly' } }, () => ''),
  // @ts-expect-error: there is no such place.
  app.get('/x', { config: { permission, scope: 'everywhere' } }, () => ''),
]

t.test('T7: at least twenty ways round the scopes do not compile', async (t) => {
  const source = readFileSync(import.meta.filename, 'utf8')
  t.ok(source.match(/\/\/ @ts-expect-error: /g)!.length >= 20)
})
