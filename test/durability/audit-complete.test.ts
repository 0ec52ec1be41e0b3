import t from 'tap'
import { setUp } from '../../src/access/setup.ts'
import { openDatabase } from '../../src/db/connection.ts'
import { migrate } from '../../src/db/migrate.ts'
import { collectRoutes } from '../support/routes.ts'
import { type Db, world } from '../support/world.ts'
import { writes } from './writes.ts'

const declared = collectRoutes()
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])

async function countOperations(db: Db) {
  const { count } = await db
    .selectFrom('operation')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return count
}

t.test('T25: every route that may write is known to this test', async (t) => {
  await world(t)
  const unsafe = declared().filter(({ method }) => !SAFE.has(method))
  t.same(unsafe.map(({ name }) => name).toSorted(), Object.keys(writes).toSorted())
})

for (const [name, { operations, prepare, send }] of Object.entries(writes))
  t.test(`T25: ${name} puts ${operations ? 'one operation' : 'nothing'} on record`, async (t) => {
    const here = await world(t, { app: { allow_private_issuers: true } })
    const prepared = (await prepare?.(here, t)) ?? ''
    const before = await countOperations(here.db)
    const { statusCode, body } = await send(here, prepared)
    t.ok(statusCode < 400, `${statusCode}${statusCode < 400 ? '' : ` ${body}`}`)
    t.equal((await countOperations(here.db)) - before, operations)
  })

t.test('T25: setting up puts one operation on record', async (t) => {
  const path = `${t.testdir()}/tenantry.db`
  await migrate(path)
  const db = openDatabase(path)
  t.teardown(() => db.close())
  const alice = { name: 'Alice', email: 'a@n.example', password: 'seven quiet herons at dusk' }
  await setUp(db, { organisation: 'Northwind', ...alice })
  t.equal(await countOperations(db), 1)
})
