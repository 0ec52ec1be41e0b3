import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { migrations } from '../../migrations/index.ts'
import { openDatabase } from '../../src/db/connection.ts'
import { migrate } from '../../src/db/migrate.ts'
import { operation } from '../../src/db/operation.ts'
import { everyTenant, everyTenantTx } from '../../src/db/scope-guard.ts'
import { tables } from '../../src/db/tables.ts'
import { addUser, anyTenant } from '../support/cast.ts'
import { importCsv } from '../support/jobs.ts'
import { withFile } from '../support/rows.ts'
import { type World, world } from '../support/world.ts'

const NAME = '017-lasting-ids'

/** The logged tables that came later. */
const LATER = new Set([
  'schedule',
  'schedule_computer',
  'schedule_override',
  'maintenance_order',
  'calendar_feed',
])

const logged = Object.entries(tables).flatMap(([name, { tenant_column }]) =>
  tenant_column ? [name] : [],
)

const addTenant = async ({ api }: World, name: string) =>
  (await api.post('/tenants', { name, parent_id: 1, kind: 'client' })).json().id as number

/** Makes a tenant of which the log knows something, and deletes it; returns its id. */
async function leaveHistory(w: World) {
  const id = await addTenant(w, 'Former customer')
  await w.api.patch(`/tenants/${id}`, { description: 'Nobody else is to read this' })
  await w.api.delete(`/tenants/${id}`)
  return id
}

t.test('no row of a logged table gets the id of one that is gone', async (t) => {
  const { path } = await world(t)
  const made = `select name from sqlite_master where type = 'table' and sql like '%autoincrement%'`
  const names = withFile(path, (sqlite) => sqlite.prepare(made).pluck().all())
  t.same(
    logged.filter((table) => !names.includes(table)),
    [],
  )
})

t.test('T5: a new tenant has nothing of the history of one that is gone', async (t) => {
  const w = await world(t)
  const former = await leaveHistory(w)
  const id = await addTenant(w, 'New customer')
  t.ok(id > former)
  const eve = await addUser(w, id, 'Eve', 'administrator')
  const history = await eve.browser.get('/history/export.json')
  t.equal(history.statusCode, 200)
  t.match(history.body, /New customer/)
  t.notMatch(history.body, /Former customer|Nobody else/)
})

t.test('a tenant from a file does not get the id of one that is gone', async (t) => {
  const w = await world(t)
  const former = await leaveHistory(w)
  await importCsv(w.alice, 'name\nNew customer\n')
  const { id } = await everyTenant(w.db)
    .selectFrom('tenant')
    .select('id')
    .where('name', '=', 'New customer')
    .executeTakeFirstOrThrow()
  t.ok(id > former)
})

/** All that there is in a file, but for how ids are given. */
const contentOf = (path: string) =>
  withFile(path, (sqlite) => ({
    parts: sqlite
      .prepare(`select type, name, replace(sql, ' autoincrement', '') as sql from sqlite_master`)
      .all()
      .map((part) => JSON.stringify(part).replaceAll('\\"', '').replace(/ +/g, ' '))
      .toSorted(),
    rows: logged
      .filter((table) => !LATER.has(table))
      .map((table) => sqlite.prepare(`select * from ${table} order by id`).all()),
  }))

/** Takes what is named out of a list for the time of the test; returns it. */
function takeOut(t: Test, list: Record<string, unknown>, isNamed: (name: string) => boolean) {
  const taken = Object.entries(list).filter(([name]) => isNamed(name))
  for (const [name] of taken) delete list[name]
  t.teardown(() => Object.assign(list, Object.fromEntries(taken)))
  return taken
}

t.test('the upgrade keeps every row and all that hangs on the tables', async (t) => {
  const path = join(t.testdir(), 'tenantry.db')
  const upgrades = takeOut(t, migrations, (name) => name >= NAME)
  takeOut(t, tables, (name) => LATER.has(name))
  await migrate(path)
  const last = await addAndDelete(path)
  const before = contentOf(path)
  Object.assign(migrations, Object.fromEntries(upgrades.slice(0, 1)))
  t.same(await migrate(path), [NAME])
  t.same(contentOf(path), before)
  t.ok((await addAndDelete(path)) > last)
})

/** Makes two tenants and deletes the later; returns its id. */
async function addAndDelete(path: string) {
  const db = openDatabase(path)
  const author = { person_id: null, name: 'Upgrade' }
  const id = await operation(db, author, 'test.upgrade', async (tx) => {
    const ids = []
    for (const name of [randomUUID(), randomUUID()]) {
      const columns = { name, name_key: name, sort_key: name, slug: name, kind: 'client' as const }
      const added = tx.insertInto('tenant').values({ parent_id: anyTenant(1), ...columns })
      ids.push((await added.returning('id').executeTakeFirstOrThrow()).id)
    }
    const gone = everyTenantTx(tx).deleteFrom('tenant').where('id', '=', ids[1]!)
    await gone.execute()
    return ids[1]!
  })
  await db.close()
  return id
}
