import t from 'tap'
import { readContract } from '../support/contract.ts'
import { type World, world } from '../support/world.ts'

/** Every operation but the description itself, at an address that exists. */
async function operations(w: World) {
  const { paths } = await readContract(w)
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods)
      .filter(() => !path.endsWith('/openapi.json'))
      .map((method) => ({ method: method.toUpperCase() as 'GET', url: fill(path) })),
  )
}

const fill = (path: string) =>
  path
    .replace('{id}', '3')
    .replace('{key}', 'maintenance.time_zone')
    .replace(/\{\w+\}/, '1')

t.test('T14: takes no operation without a token, nor with a session cookie', async (t) => {
  const w = await world(t)
  const all = await operations(w)
  t.ok(all.length > 10)
  for (const { method, url } of all) {
    const stranger = await w.app.inject({ method, url })
    t.equal(stranger.statusCode, 401, `${method} ${url}`)
    t.match(stranger.headers['www-authenticate'], /^Bearer/)
    t.match(stranger.headers['content-type'], /^application\/problem\+json/)
    t.equal((await w.alice.send({ method, url })).statusCode, 401, `${method} ${url} with a cookie`)
  }
})

t.test('refuses a token that is unknown, cut, or of another scheme', async (t) => {
  const { app, api } = await world(t)
  const bad = ['tnt_unknown', api.token.slice(0, -1), `${api.token}x`, '']
  const headers = [...bad.map((token) => `Bearer ${token}`), `Basic ${api.token}`, api.token]
  for (const authorization of headers) {
    const answer = await app.inject({ url: '/api/v1/tenants/3', headers: { authorization } })
    t.equal(answer.statusCode, 401, authorization)
  }
})

t.test('takes no token in an address', async (t) => {
  const { app, api } = await world(t)
  const answer = await app.inject(`/api/v1/tenants/3?access_token=${api.token}`)
  t.equal(answer.statusCode, 401)
  t.equal((await api.get(`/tenants/3?access_token=${api.token}`)).statusCode, 422)
})

t.test('takes no token on a page', async (t) => {
  const { app, api } = await world(t)
  const headers = { authorization: `Bearer ${api.token}` }
  t.equal((await app.inject({ url: '/tenants', headers })).statusCode, 303)
})

t.test('T14: refuses a write that another site made a browser send, token or not', async (t) => {
  const { api } = await world(t)
  const headers = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }
  t.equal((await api.post('/tenants', { name: 'Evil' }, headers)).statusCode, 403)
})

t.test('says in JSON that there is nothing at an unknown address', async (t) => {
  const { api } = await world(t)
  for (const answer of [await api.get('/nothing'), await api.post('/nothing', {})]) {
    t.equal(answer.statusCode, 404)
    t.match(answer.headers['content-type'], /^application\/problem\+json/)
  }
})
