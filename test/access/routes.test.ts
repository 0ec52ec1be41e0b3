import Fastify from 'fastify'
import t from 'tap'
import { type RouteScope, guardRoutes } from '../../src/access/guard.ts'
import type { Permission } from '../../src/access/permissions.ts'
import { addCast } from '../support/cast.ts'
import { rawClient } from '../support/raw.ts'
import { collectRoutes, sampleAddress } from '../support/routes.ts'
import { world } from '../support/world.ts'
import { matrix } from './matrix.ts'
import { spell } from './spelling.ts'

const declared = collectRoutes()
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])

t.test('T1: a route that declares no permission, or an unknown one, stops the start', async (t) => {
  const { db } = await world(t)
  const app = Fastify()
  t.teardown(() => app.close())
  guardRoutes(app, db)
  const register = (permission?: string, scope?: RouteScope) => () =>
    app.get('/x', { config: { permission: permission as Permission, scope } }, () => 'x')
  t.throws(register(), { message: /GET \/x declares no permission/ })
  t.throws(register('everything'), { message: /declares no permission/ })
  t.throws(register('tenant.view'), { message: /declares no scope/ })
  t.doesNotThrow(register('tenant.view', 'anywhere'))
})

t.test('T1: every route declares its permission', async (t) => {
  await world(t)
  t.ok(declared().length > 10)
  t.same(
    declared().filter(({ permission }) => permission === 'none'),
    [],
  )
})

/** What anybody may ask for, who need not even sign in. HEAD and static files are left out. */
const PUBLIC = [
  'GET /',
  'GET /api/v1/openapi.json',
  'GET /calendar/:file',
  'GET /invitations/:secret',
  'GET /livez',
  'GET /readyz',
  'GET /sign-in',
  'GET /sign-in/oidc/callback/:slug',
  'GET /sign-in/second-step',
  'GET /sign-in/with/:slug',
  'POST /invitations/:secret',
  'POST /invitations/:secret/with/:slug',
  'POST /sign-in',
  'POST /sign-in/passkey',
  'POST /sign-in/passkey/challenge',
  'POST /sign-in/second-step',
]

t.test('T1: only a few reviewed routes are public', async (t) => {
  await world(t)
  const found = declared().filter(
    ({ permission, method, url }) =>
      permission === 'public' && method !== 'HEAD' && !url.startsWith('/public/'),
  )
  t.same(found.map(({ name }) => name).toSorted(), PUBLIC)
})

t.test(
  'T1: every route says where its permission is needed, and names a tenant for it',
  async (t) => {
    await world(t)
    for (const { name, url, permission, scope } of declared()) {
      const is_for_some = permission !== 'public' && permission !== 'signed_in'
      t.equal(scope !== undefined, is_for_some, name)
      if (scope === 'tenant') t.match(url, /\/tenants\/:id/, name)
    }
  },
)

t.test('T2: no spelling of a path lets anybody in who is not signed in', async (t) => {
  const w = await world(t)
  const raw = await rawClient(t, w.app)
  const guarded = declared().filter(
    ({ method, permission }) => method === 'GET' && permission !== 'public',
  )
  for (const { url, credential } of guarded) {
    const spellings = spell(sampleAddress(url))
    t.ok(spellings.length >= 40)
    const admitted = []
    for (const spelling of spellings) {
      const { status, location } = await raw('GET', spelling)
      const turned_away =
        status === 400 || status === 401 || status === 404 || location?.startsWith('/sign-in')
      if (!turned_away) admitted.push(`${status} ${spelling}`)
    }
    t.same(admitted, [], `${url} (${credential})`)
  }
})

t.test('T2: a spelling that finds a page asks of it what the plain one asks', async (t) => {
  const w = await world(t)
  const raw = await rawClient(t, w.app)
  for (const spelling of spell('/account')) {
    const mine = await raw('GET', spelling, { cookie: `session=${w.session}` })
    const theirs = await raw('GET', spelling)
    if (mine.status === 200) t.match(theirs.location, /^\/sign-in/, spelling)
    else t.equal(mine.status, theirs.status, spelling)
  }
})

t.test('T2: no spelling of a path shows a user what the plain one does not', async (t) => {
  const w = await world(t)
  const { dana, charlie } = await addCast(w)
  const raw = await rawClient(t, w.app)
  let answers = 0
  for (const { name, url, credential } of declared()) {
    const { reader, stranger, address = sampleAddress(url) } = matrix[name] ?? {}
    if (!name.startsWith('GET') || (reader !== 403 && stranger !== 404)) continue
    const who = reader === 403 ? dana : charlie
    const proof: Record<string, string> =
      credential === 'token'
        ? { authorization: `Bearer ${who.token}` }
        : { cookie: `session=${who.session}` }
    if ((await raw('GET', address, proof)).status === 200) continue
    const admitted = []
    for (const spelling of spell(address)) {
      const { status, location } = await raw('GET', spelling, proof)
      answers++
      // A spelling may be that of a public page, or lead to where everybody is led.
      const is_elsewhere = location === '/tenants' || spelling.startsWith('/sign-in')
      if (status < 400 && !is_elsewhere) admitted.push(`${status} ${spelling}`)
    }
    t.same(admitted, [], name)
  }
  t.ok(answers > 500, `${answers} answers`)
})

/** What a browser says of a request that the page of another site has made it send. */
const CROSS_SITE: Record<string, string>[] = [
  { 'sec-fetch-site': 'cross-site' },
  { 'sec-fetch-site': 'same-site' },
  { 'sec-fetch-site': 'cross-site', origin: 'http://localhost:80' },
  { 'sec-fetch-site': 'same-site', origin: 'http://localhost:80' },
  { origin: 'https://evil.example' },
  { origin: 'http://localhost.evil.example' },
  { origin: 'null' },
  {},
]

t.test('T14: no unsafe request that another site caused is accepted', async (t) => {
  const w = await world(t)
  const before = await lastOperation(w.db)
  const unsafe = declared().filter(({ method }) => !SAFE.has(method))
  t.ok(unsafe.length > 5)
  for (const { method, url, credential } of unsafe)
    for (const headers of CROSS_SITE) {
      const { statusCode } = await w.app.inject({
        method: method as 'POST',
        url: sampleAddress(url),
        headers,
        cookies: { session: w.session, '__Host-session': w.session },
      })
      // Where a cookie proves nothing, a request without a token is anybody's.
      const refused = credential === 'token' ? [401, 403] : [403]
      t.ok(refused.includes(statusCode), `${method} ${url} ${JSON.stringify(headers)}`)
    }
  t.equal(await lastOperation(w.db), before)
  t.equal((await w.alice.get('/account')).statusCode, 200, 'nor was anybody signed out')
})

const lastOperation = async (db: Awaited<ReturnType<typeof world>>['db']) =>
  (await db.selectFrom('operation').select('id').orderBy('id', 'desc').executeTakeFirst())?.id

const OUR_PAGE = [
  { host: 'localhost', 'sec-fetch-site': 'same-origin' },
  { host: 'localhost', origin: 'http://localhost' },
]

t.test('T14: a browser on our own page is let through', async (t) => {
  const { app, session } = await world(t)
  for (const headers of OUR_PAGE) {
    const cookies = { session }
    const response = await app.inject({ method: 'POST', url: '/sign-out', headers, cookies })
    t.equal(response.statusCode, 303)
  }
})
