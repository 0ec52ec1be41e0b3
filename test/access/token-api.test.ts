import t from 'tap'
import { everyTenant } from '../../src/db/scope-guard.ts'
import { checkedApi } from '../support/contract.ts'
import { addCast } from '../support/cast.ts'
import { ACME, type World, world } from '../support/world.ts'

const ask = ({ app }: World, secret: string, url: string, payload?: object) =>
  app.inject({
    method: payload ? 'POST' : 'GET',
    url: `/api/v1${url}`,
    headers: { authorization: `Bearer ${secret}` },
    ...(payload && { payload }),
  })

t.test('makes a token whose secret is in the answer once, lists it and revokes it', async (t) => {
  const w = await world(t)
  const api = await checkedApi(t, w)
  const sent = { name: 'Nightly', permissions: ['computer.view'], expires_in_days: 7 }
  const { secret, ...token } = (await api.post('/tokens', sent)).json()
  t.match(token, { expires_at: '2026-12-01T09:00:00.000Z', prefix: secret.slice(0, 10) })
  t.same(token.permissions, ['tenant.view', 'computer.view'])
  const listed = await api.get('/tokens')
  t.same(listed.json().tokens[0], token)
  t.notMatch(listed.body, secret)
  t.equal((await ask(w, secret, '/computers')).statusCode, 200)
  t.equal((await ask(w, secret, '/people')).statusCode, 403)
  t.equal((await api.delete(`/tokens/${token.id}`)).statusCode, 204)
  t.equal((await ask(w, secret, '/computers')).statusCode, 401)
})

t.test(
  'T31: sent twice with one key there is one token, and its secret is kept nowhere',
  async (t) => {
    const w = await world(t)
    const send = () =>
      w.app.inject({
        method: 'POST',
        url: '/api/v1/tokens',
        headers: { authorization: `Bearer ${w.api.token}`, 'idempotency-key': 'one' },
        payload: { name: 'Nightly' },
      })
    const [first, again] = [(await send()).json(), (await send()).json()]
    t.equal(again.id, first.id)
    t.equal(again.secret, null)
    const kept = await w.db.selectFrom('idempotency_key').selectAll().execute()
    const tokens = await everyTenant(w.db).selectFrom('api_token').selectAll().execute()
    t.equal(tokens.length, 2)
    t.notMatch(JSON.stringify([kept, tokens]), first.secret)
  },
)

t.test('T8: a token makes none that may do more than it, or that lasts longer', async (t) => {
  const w = await world(t)
  const confined = { name: 'x', permissions: ['history.view'], expires_in_days: 7 }
  const { secret } = (await w.api.post('/tokens', confined)).json()
  const more = await ask(w, secret, '/tokens', { name: 'y', permissions: ['person.view'] })
  t.match(more.json(), { status: 422, errors: { permissions: /do not have person.view/ } })
  const all = (await ask(w, secret, '/tokens', { name: 'y', expires_in_days: null })).json()
  t.same(all.permissions, ['tenant.view', 'history.view'])
  t.equal(all.expires_at, '2026-12-01T09:00:00.000Z')
})

t.test("nobody sees or revokes another's tokens", async (t) => {
  const w = await world(t)
  const { bob } = await addCast(w)
  const [own] = (await bob.api.get('/tokens')).json().tokens
  t.equal((await bob.api.get('/tokens')).json().tokens.length, 1)
  t.equal((await w.api.delete(`/tokens/${own.id}`)).statusCode, 404)
  t.equal((await bob.api.get(`/tenants/${ACME}`)).statusCode, 200)
})

t.test('T15: takes no permission that there is not, and no odd length of life', async (t) => {
  const { api } = await world(t)
  for (const fields of [
    { permissions: [] },
    { permissions: ['tenant.own'] },
    { permissions: 'tenant.view' },
    { expires_in_days: 0 },
    { expires_in_days: 1.5 },
    { expires_in_days: 1e9 },
    { expires_in_days: '7' },
    { name: '\u200b' },
  ])
    t.equal((await api.post('/tokens', { name: 'x', ...fields })).statusCode, 422)
})
