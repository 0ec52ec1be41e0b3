import Database from 'better-sqlite3'
import t from 'tap'
import { createToken } from '../../src/access/tokens.ts'
import { buildApp } from '../../src/app.ts'
import { openDatabase } from '../../src/db/connection.ts'
import { operation } from '../../src/db/operation.ts'
import { everyTenant } from '../../src/db/scope-guard.ts'
import { ACME_LEEDS, appOptions, NORTHWIND, START, type World, world } from '../support/world.ts'
import { personRow } from '../support/person.ts'

const KEY = { 'idempotency-key': '0b9f3a52-once' }

const countNamed = async ({ db }: World, name: string) =>
  (await everyTenant(db).selectFrom('tenant').select('id').where('name', '=', name).execute())
    .length

const countOperations = async ({ db }: World) =>
  (await db.selectFrom('operation').select('id').execute()).length

t.test('answers the same POST with the same key again, and creates nothing twice', async (t) => {
  const w = await world(t)
  const first = await w.api.post('/tenants', { name: 'Delta' }, KEY)
  t.equal(first.statusCode, 201)
  t.equal(first.headers['idempotency-replayed'], undefined)
  const operations = await countOperations(w)
  const again = await w.api.post('/tenants', { name: 'Delta' }, KEY)
  t.equal(again.statusCode, 201)
  t.equal(again.headers['idempotency-replayed'], 'true')
  t.equal(again.headers.location, first.headers.location)
  t.same(again.json(), first.json())
  t.equal(await countNamed(w, 'Delta'), 1)
  t.equal(await countOperations(w), operations)
})

t.test('refuses a key that was used for something else', async (t) => {
  const w = await world(t)
  await w.api.post('/tenants', { name: 'Delta' }, KEY)
  const other = await w.api.post('/tenants', { name: 'Echo' }, KEY)
  t.equal(other.statusCode, 422)
  t.ok(other.json().errors['idempotency-key'])
  t.equal(await countNamed(w, 'Echo'), 0)
})

t.test('refuses a key that is empty, too long or not printable', async (t) => {
  const { api } = await world(t)
  for (const key of ['', 'x'.repeat(201), 'a b', 'é'])
    t.equal((await api.post('/tenants', { name: 'D' }, { 'idempotency-key': key })).statusCode, 422)
})

t.test('does it once when the same is sent several times at once', async (t) => {
  const w = await world(t)
  const sent = Array.from({ length: 5 }, () => w.api.post('/tenants', { name: 'Delta' }, KEY))
  const answers = await Promise.all(sent)
  t.same(
    answers.map((answer) => answer.statusCode),
    [201, 201, 201, 201, 201],
  )
  t.equal(new Set(answers.map((answer) => answer.json().id)).size, 1)
  t.equal(answers.filter((answer) => answer.headers['idempotency-replayed']).length, 4)
  t.equal(await countNamed(w, 'Delta'), 1)
})

t.test('does it once at once, also where nothing else forbids a second', async (t) => {
  const w = await world(t)
  const key = 'agent.check_in_interval_seconds'
  await w.api.put(`/tenants/root/preferences/${key}`, { value: 600, lock: 'fixed' })
  const grant = { key, lock_tenant_id: 1, reason: 'Kiosk' }
  const post = () => w.api.post(`/tenants/${ACME_LEEDS}/exemptions`, grant, KEY)
  const answers = await Promise.all([post(), post(), post()])
  t.equal(new Set(answers.map((answer) => answer.json().id)).size, 1)
  t.equal((await everyTenant(w.db).selectFrom('exemption').select('id').execute()).length, 1)
})

t.test('gives the answer after a crash that came between doing and answering', async (t) => {
  const w = await world(t)
  const first = await w.api.post('/tenants', { name: 'Delta' }, KEY)
  const db = openDatabase(w.path, () => START)
  const restarted = await buildApp(db, appOptions)
  t.teardown(async () => {
    await restarted.close()
    await db.close()
  })
  const again = await restarted.inject({
    method: 'POST',
    url: '/api/v1/tenants',
    headers: { authorization: `Bearer ${w.api.token}`, ...KEY },
    payload: { name: 'Delta' },
  })
  t.equal(again.headers['idempotency-replayed'], 'true')
  t.same(again.json(), first.json())
})

t.test('creates nothing when the key cannot be kept: they are one transaction', async (t) => {
  const w = await world(t)
  const file = new Database(w.path)
  file.exec(`create trigger full before insert on idempotency_key
    begin select raise(abort, 'disk full'); end`)
  t.equal((await w.api.post('/tenants', { name: 'Delta' }, KEY)).statusCode, 500)
  t.equal(await countNamed(w, 'Delta'), 0)
  file.exec('drop trigger full')
  file.close()
  t.equal((await w.api.post('/tenants', { name: 'Delta' }, KEY)).statusCode, 201)
})

t.test('keeps no refusal: what was mended may be sent with the same key', async (t) => {
  const { api } = await world(t)
  t.equal((await api.post('/tenants', { name: 'Acme' }, KEY)).statusCode, 422)
  await api.patch('/tenants/3', { name: 'Acme Group' })
  t.equal((await api.post('/tenants', { name: 'Acme' }, KEY)).statusCode, 201)
})

t.test('keeps a key for 24 hours', async (t) => {
  const { api, clock } = await world(t)
  const post = (parent_id: number) => api.post('/tenants', { name: 'Delta', parent_id }, KEY)
  const { id } = (await post(3)).json()
  clock.now = '2026-11-25T08:59:59.999Z'
  t.equal((await post(3)).json().id, id)
  clock.now = '2026-11-25T09:00:00.000Z'
  t.not((await post(4)).json().id, id)
})

t.test('keeps the keys of each person apart', async (t) => {
  const w = await world(t)
  const token = await operation(w.db, w.actor, 'test.person', async (tx) => {
    const name = 'Bea Hall'
    const email = 'bea@northwind.example'
    const { id } = await tx
      .insertInto('person')
      .values({ ...personRow(NORTHWIND, name, email), role_id: 1 })
      .returning('id')
      .executeTakeFirstOrThrow()
    const account = {
      person_id: id,
      email_key: email,
      password_hash: '',
      password_changed_at: START,
    }
    await tx.insertInto('user_account').values(account).execute()
    return createToken(tx, { person_id: id, tenant_id: NORTHWIND }, 'tests')
  })
  const headers = { authorization: `Bearer ${token}`, ...KEY }
  await w.api.post('/tenants', { name: 'Delta' }, KEY)
  const other = await w.api.post('/tenants', { name: 'Echo' }, headers)
  t.equal(other.statusCode, 201)
  t.equal(other.json().name, 'Echo')
})
