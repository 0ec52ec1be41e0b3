import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { createSetupLink, isSetUp, setUp } from '../../src/access/setup.ts'
import { buildApp } from '../../src/app.ts'
import { operation, system } from '../../src/db/operation.ts'
import { everyTenant, everyTenantTx } from '../../src/db/scope-guard.ts'
import { firstStart } from '../support/first-start.ts'
import { rawClient } from '../support/raw.ts'
import { appOptions } from '../support/world.ts'
import { spell } from './spelling.ts'

const INPUT = {
  organisation: 'Northwind MSP',
  name: 'Alice Moore',
  email: 'Alice@Northwind.example',
  password: 'violet harbour seventeen lanterns',
}

const headers = { 'sec-fetch-site': 'same-origin' }
const open = (app: FastifyInstance, path: string) => app.inject({ url: path, headers })
const send = (app: FastifyInstance, path: string, fields: object = INPUT) =>
  app.inject({
    method: 'POST',
    url: path,
    headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
    payload: new URLSearchParams({ ...fields }).toString(),
  })

t.test('the link leads to a form, and that to the tenants, signed in', async (t) => {
  const { app, db, path } = await firstStart(t)
  t.match((await open(app, path)).payload, 'Set up Tenantry')
  const response = await send(app, path)
  t.equal(response.headers.location, '/tenants')
  const cookies = Object.fromEntries(response.cookies.map(({ name, value }) => [name, value]))
  t.equal((await app.inject({ url: '/tenants', cookies })).statusCode, 200)
  const tenant = await everyTenant(db)
    .selectFrom('tenant')
    .selectAll()
    .where('kind', '=', 'msp')
    .execute()
  t.match(tenant, [{ name: 'Northwind MSP', parent_id: 1, slug: 'northwind-msp' }])
})

t.test('until then the sign-in page says where the link is', async (t) => {
  const { app, path } = await firstStart(t)
  t.match((await open(app, '/sign-in')).payload, 'Open the set-up link')
  await send(app, path)
  t.notMatch((await open(app, '/sign-in')).payload, 'set-up link')
})

t.test('is recorded as one operation, without the password', async (t) => {
  const { app, db, path } = await firstStart(t)
  await send(app, path)
  const operations = await db.selectFrom('operation').selectAll().execute()
  t.match(operations, [{ kind: 'setup.complete', actor_name: 'Set-up', change_count: 2 }])
  const changes = await everyTenant(db).selectFrom('change').select('after').execute()
  t.notMatch(JSON.stringify(changes), /argon2|lanterns/)
})

t.test(
  'a form with mistakes comes back with what was typed, and the link still works',
  async (t) => {
    const { app, db, path } = await firstStart(t)
    const response = await send(app, path, {
      ...INPUT,
      email: 'alice',
      password: 'Password123456789',
    })
    t.equal(response.statusCode, 422)
    t.match(response.payload, 'Enter an e-mail address like')
    t.match(response.payload, 'many people use')
    t.match(response.payload, 'value="Northwind MSP"')
    t.notMatch(response.payload, 'Password123456789')
    t.equal(await isSetUp(db), false)
    t.equal((await send(app, path)).statusCode, 303)
  },
)

t.test('another link, or one older than an hour, sets nothing up', async (t) => {
  const { app, db, path, clock } = await firstStart(t)
  t.equal((await send(app, '/setup/x')).statusCode, 404)
  clock.now = '2026-11-24T10:00:00.000Z'
  t.equal((await open(app, path)).statusCode, 404)
  t.equal((await send(app, path)).statusCode, 404)
  t.equal(await isSetUp(db), false)
})

t.test('T3: of two set-ups at once, one wins', async (t) => {
  const { app, db, path } = await firstStart(t)
  const rivals = [send(app, path), send(app, path, { ...INPUT, email: 'mallory@evil.example' })]
  const statuses = (await Promise.all(rivals)).map(({ statusCode }) => statusCode)
  t.same(
    statuses.toSorted((a, b) => a - b),
    [303, 404],
  )
  t.equal((await db.selectFrom('user_account').selectAll().execute()).length, 1)
})

t.test('T3: after set-up no spelling and no method finds the form again', async (t) => {
  const { app, path } = await firstStart(t)
  await send(app, path)
  const raw = await rawClient(t, app)
  const nothing = tidy((await raw('GET', '/nothing', headers)).payload)
  for (const spelling of spell(path))
    for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
      const { status, payload } = await raw(method, spelling, headers)
      t.equal(status, 404, `${method} ${spelling}`)
      if (method === 'GET') t.equal(tidy(payload), nothing)
    }
})

/** A page without what differs from request to request. */
const tidy = (html: string) => html.replace(/<code>.*<\/code>/, '')

t.test('T3: a process that starts after set-up has no such route, nor a link', async (t) => {
  const { app, db, path } = await firstStart(t)
  await send(app, path)
  t.equal(await createSetupLink(db), undefined)
  const later = await buildApp(db, appOptions)
  t.equal(later.hasRoute({ method: 'GET', url: '/setup/:secret' }), false)
  await later.close()
})

t.test('T3: an emptied table of users does not open it again', async (t) => {
  const { app, db, path } = await firstStart(t)
  await send(app, path)
  await system(db, (tx) => tx.deleteFrom('user_account').execute())
  await operation(db, { person_id: null, name: 'Test' }, 'test.wipe', (tx) =>
    everyTenantTx(tx).deleteFrom('person').execute(),
  )
  t.equal((await open(app, path)).statusCode, 404)
  t.equal(await createSetupLink(db), undefined)
  await t.rejects(setUp(db, INPUT), { message: /it has been done/ })
})
