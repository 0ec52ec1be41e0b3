import t from 'tap'
import { operation } from '../../src/db/operation.ts'
import { everyTenantTx } from '../../src/db/scope-guard.ts'
import { addCast, addUser, anyTenant, roles } from '../support/cast.ts'
import { fieldError, mainText } from '../support/html.ts'
import { ACME, NORTHWIND, type World, world } from '../support/world.ts'

const helpdesk = { name: 'Helpdesk', description: '', permissions: ['tenant.view', 'person.view'] }

const create = async ({ api }: World, fields: object = {}) =>
  (await api.post('/roles', { name: 'Helpdesk', permissions: ['tenant.view'], ...fields })).json()

const stored = ({ db }: World, id: number) =>
  db.selectFrom('role').selectAll().where('id', '=', id).executeTakeFirst()

t.test('an administrator makes a role of permissions, and sees who has it', async (t) => {
  const w = await world(t)
  const { headers } = await w.alice.post('/roles', helpdesk)
  t.equal(headers.location, '/roles/5')
  t.equal((await stored(w, 5))!.permissions, '["tenant.view","person.view"]')
  await w.alice.get(headers.location!)
  t.match(mainText((await w.alice.get('/roles')).body), /Helpdesk 2 permissions · 0 people/)
  t.match(mainText((await w.alice.get('/roles')).body), /Administrator Built in/)
})

t.test('only who may manage roles throughout All tenants sees the pages of roles', async (t) => {
  const w = await world(t)
  const { bob, charlie, vera } = await addCast(w)
  const manager = await addUser(w, NORTHWIND, 'Mia Manager', 'manager')
  t.equal((await vera.browser.get('/roles')).statusCode, 403)
  t.equal((await manager.browser.post('/roles', helpdesk)).statusCode, 403)
  for (const outsider of [bob, charlie])
    t.match(mainText((await outsider.browser.get('/roles')).body), 'There is nothing here.')
  t.equal((await charlie.api.post('/roles', helpdesk)).statusCode, 404)
})

t.test('an empty form is told what is missing, and keeps what was ticked', async (t) => {
  const { alice } = await world(t)
  const { statusCode, body } = await alice.post('/roles', {
    name: '',
    description: '',
    permissions: ['tenant.edit'],
  })
  t.equal(statusCode, 422)
  t.match(fieldError(body, 'name'), /Enter a name/)
  t.match(body, /value="tenant.edit" checked/)
  const none = await alice.post('/roles', { name: 'None', description: '' })
  t.match(fieldError(none.body, 'permissions'), /at least one/)
})

t.test('a name is given once, whatever its case', async (t) => {
  const w = await world(t)
  const { body } = await w.alice.post('/roles', { ...helpdesk, name: 'TECHNICIAN' })
  t.match(fieldError(body, 'name'), /There is a role called Technician/)
})

t.test('a built-in role changes in its second factor only', async (t) => {
  const w = await world(t)
  t.equal((await w.api.patch('/roles/3', { name: 'Other' })).statusCode, 409)
  const permissions = ['tenant.view']
  t.equal((await w.api.patch('/roles/3', { permissions })).statusCode, 409)
  t.equal((await w.api.delete('/roles/3')).statusCode, 409)
  await w.alice.post('/roles/3', { version: '1', requires_second_factor: 'on' })
  t.equal((await stored(w, 3))!.requires_second_factor, 1)
})

t.test('a copy begins with the name, the permissions and the rest of the first', async (t) => {
  const { alice } = await world(t)
  const { body } = await alice.get('/roles/new?from=4')
  t.match(body, /value="Viewer \(copy\)"/)
  t.match(body, /value="history.view" checked/)
  t.notMatch(body, /value="tenant.edit" checked/)
})

t.test('saving over somebody else’s change shows both, and saves nothing', async (t) => {
  const w = await world(t)
  const { id } = await create(w)
  await w.api.patch(`/roles/${id}`, { name: 'First line' })
  const late = await w.alice.post(`/roles/${id}`, { ...helpdesk, name: 'Late', version: '1' })
  t.equal(late.statusCode, 422)
  t.match(mainText(late.body), /Somebody else changed this role/)
  t.match(mainText(late.body), /Name First line Late/)
  t.equal((await stored(w, id))!.name, 'First line')
  const api = await w.api.patch(`/roles/${id}`, { name: 'Late', version: 1 })
  t.equal(api.statusCode, 409)
  t.equal(api.json().current.name, 'First line')
})

t.test('a role in use is not deleted, and says by whom', async (t) => {
  const w = await world(t)
  const { id } = await create(w)
  const dana = await addUser(w, ACME, 'Dana Reader', 'viewer')
  await operation(w.db, w.actor, 'test.role', (tx) =>
    everyTenantTx(tx)
      .updateTable('person')
      .set({ role_id: id })
      .where('id', '=', dana.person_id)
      .execute(),
  )
  t.match((await w.api.delete(`/roles/${id}`)).json().detail, /in use: Dana Reader has it/)
  await operation(w.db, w.actor, 'test.role', (tx) =>
    everyTenantTx(tx)
      .updateTable('person')
      .set({ role_id: roles.viewer })
      .where('role_id', '=', id)
      .execute(),
  )
  t.equal((await w.alice.post(`/roles/${id}/deletion`)).statusCode, 303)
  t.equal(await stored(w, id), undefined)
})

/** Somebody at the MSP who may manage roles, and little else. */
async function addKeeper(w: World) {
  const { id } = await create(w, {
    name: 'Keeper',
    permissions: ['tenant.view', 'role.manage', 'person.view'],
  })
  const keeper = await addUser(w, NORTHWIND, 'Kim Keeper', 'viewer')
  await operation(w.db, w.actor, 'test.role', (tx) =>
    everyTenantTx(tx)
      .updateTable('person')
      .set({ role_id: id })
      .where('id', '=', keeper.person_id)
      .execute(),
  )
  return keeper
}

t.test('nobody puts into a role what they do not have, nor takes it out', async (t) => {
  const w = await world(t)
  const { browser, api } = await addKeeper(w)
  t.equal((await api.post('/roles', helpdesk)).statusCode, 201)
  const more = { ...helpdesk, name: 'More', permissions: ['tenant.view', 'tenant.delete'] }
  const refused = await browser.post('/roles', more)
  t.equal(refused.statusCode, 422)
  t.match(mainText(refused.body), /cannot give what you do not have.*“Delete tenants”/)
  const { id } = await create(w, {
    name: 'Deleters',
    permissions: ['tenant.view', 'tenant.delete'],
  })
  t.equal((await api.patch(`/roles/${id}`, { permissions: ['tenant.view'] })).statusCode, 403)
  t.equal((await api.patch(`/roles/${id}`, { name: 'Sweepers' })).statusCode, 200)
})

t.test('what is denied to somebody anywhere cannot be put into a role by them', async (t) => {
  const w = await world(t)
  const { person_id, api } = await addKeeper(w)
  await operation(w.db, w.actor, 'test.deny', (tx) =>
    tx
      .insertInto('role_assignment')
      .values({
        tenant_id: anyTenant(ACME),
        person_id,
        group_id: null,
        role_id: null,
        effect: 'deny',
        expires_at: null,
        operation_id: tx.operation.id,
      })
      .execute(),
  )
  t.equal((await api.post('/roles', helpdesk)).statusCode, 403)
})
