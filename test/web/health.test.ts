import t from 'tap'
import { buildApp } from '../../src/app.ts'
import { withFile } from '../support/rows.ts'
import { appOptions, world } from '../support/world.ts'

t.test('is alive and ready, for anybody who asks', async (t) => {
  const { anonymous } = await world(t)
  t.match(await anonymous.get('/livez'), { statusCode: 200, body: 'alive\n' })
  t.match(await anonymous.get('/readyz'), { statusCode: 200, body: 'ready\n' })
})

t.test('is alive but not ready while it stops, and keeps no connection', async (t) => {
  const { db } = await world(t)
  const app = await buildApp(db, { ...appOptions, lifecycle: { stopping: true } })
  t.match(await app.inject('/livez'), { statusCode: 200, headers: { connection: 'close' } })
  t.match(await app.inject('/readyz'), { statusCode: 503, headers: { connection: 'close' } })
})

t.test('is not ready when the database has another schema', async (t) => {
  const { anonymous, path } = await world(t)
  withFile(path, (sqlite) =>
    sqlite.exec(`insert into kysely_migration values ('999-future', '2030-01-01')`),
  )
  t.match(await anonymous.get('/readyz'), { statusCode: 503, body: /schema/ })
})

t.test('is alive but not ready when the database does not answer', async (t) => {
  const { anonymous, db } = await world(t)
  await db.close()
  t.match(await anonymous.get('/livez'), { statusCode: 200 })
  const answer = await anonymous.get('/readyz')
  t.match(answer, { statusCode: 503, body: 'the database does not answer\n' })
})
