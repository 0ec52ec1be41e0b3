import t from 'tap'
import { addPasskey } from '../support/factors.ts'
import { operation } from '../../src/db/operation.ts'
import { everyTenant, everyTenantTx } from '../../src/db/scope-guard.ts'
import { findTokenActor } from '../../src/access/tokens.ts'
import { isTokenSecret, newTokenSecret } from '../../src/access/token-secret.ts'
import { addCast, roles } from '../support/cast.ts'
import { ACME, NORTHWIND, type World, world } from '../support/world.ts'
import { personRow } from '../support/person.ts'

async function createToken({ alice }: World, fields = {}) {
  const response = await alice.post('/account/tokens', { name: 'Nightly', days: '30', ...fields })
  return { response, secret: /tnt_[\w-]{49}/.exec(response.payload)?.[0] ?? '' }
}

const works = async ({ db }: World, secret: string) =>
  (await findTokenActor(db, `Bearer ${secret}`)) !== undefined

t.test('shows a new token once, and keeps only its hash', async (t) => {
  const w = await world(t)
  const { response, secret } = await createToken(w)
  t.equal(response.statusCode, 201)
  t.equal(await works(w, secret), true)
  const page = await w.alice.get('/account/tokens')
  t.match(page.payload, 'Nightly')
  t.notMatch(page.payload, secret)
  const rows = await everyTenant(w.db).selectFrom('api_token').selectAll().execute()
  const changes = await everyTenant(w.db).selectFrom('change').selectAll().execute()
  t.notMatch(JSON.stringify([rows, changes]), secret)
})

t.test('a token ends when it was said to', async (t) => {
  const w = await world(t)
  await addPasskey(w.alice)
  const { secret } = await createToken(w)
  const { secret: lasting } = await createToken(w, { days: '0' })
  w.clock.now = '2026-12-24T08:59:59.999Z'
  t.equal(await works(w, secret), true)
  w.clock.now = '2026-12-24T09:00:00.000Z'
  t.equal(await works(w, secret), false)
  t.equal(await works(w, lasting), true)
})

t.test('a revoked token is of no use from then on', async (t) => {
  const w = await world(t)
  const { secret, response } = await createToken(w)
  const action = /action="(\/account\/tokens\/\d+\/revocations)"/.exec(response.payload)![1]!
  t.equal((await w.alice.post(action)).headers.location, '/account/tokens')
  t.equal(await works(w, secret), false)
  t.equal((await w.alice.post(action)).statusCode, 404)
})

t.test('T25: creating and revoking are on record, without the secret', async (t) => {
  const w = await world(t)
  const { response } = await createToken(w)
  await w.alice.post(/\/account\/tokens\/\d+\/revocations/.exec(response.payload)![0])
  const kinds = await w.db.selectFrom('operation').select('kind').orderBy('id').execute()
  t.same(kinds.slice(-2), [{ kind: 'token.create' }, { kind: 'token.revoke' }])
  const changes = await everyTenant(w.db)
    .selectFrom('change')
    .select(['before', 'after'])
    .where('table_name', '=', 'api_token')
    .execute()
  t.notMatch(JSON.stringify(changes), 'token_hash')
})

t.test('says when a token was last used, to within five minutes', async (t) => {
  const { api, db, clock } = await world(t)
  const lastUsed = async () =>
    (await everyTenant(db).selectFrom('api_token').selectAll().execute())[0]!.last_used_at
  const seen = []
  for (const time of ['09:01:00', '09:05:59', '09:06:01']) {
    clock.now = `2026-11-24T${time}.000Z`
    await api.get('/preferences')
    seen.push((await lastUsed())?.slice(11, 19))
  }
  t.same(seen, ['09:01:00', '09:01:00', '09:06:01'])
})

t.test("nobody revokes another person's token", async (t) => {
  const w = await world(t)
  const id = await operation(w.db, w.actor, 'test.token', async (tx) => {
    const bob = await tx
      .insertInto('person')
      .values(personRow(NORTHWIND, 'Bob', 'bob@x.example'))
      .returning('id')
      .executeTakeFirstOrThrow()
    const values = { person_id: bob.id, tenant_id: NORTHWIND, name: 'x', prefix: 'x' }
    const token = await tx
      .insertInto('api_token')
      .values({ ...values, token_hash: 'x' })
      .returning('id')
      .executeTakeFirstOrThrow()
    return token.id
  })
  t.equal((await w.alice.post(`/account/tokens/${id}/revocations`)).statusCode, 404)
  t.notMatch((await w.alice.get('/account/tokens')).payload, `/tokens/${id}/`)
})

t.test('takes no name for a token that cannot be seen, or that turns text around', async (t) => {
  const w = await world(t)
  for (const name of ['\u200b', 'Nightly\u202e'])
    t.equal((await createToken(w, { name })).response.statusCode, 422, JSON.stringify(name))
})

t.test('asks what a token is for, and how long it lives', async (t) => {
  const w = await world(t)
  const { response } = await createToken(w, { name: ' ', days: '7' })
  t.equal(response.statusCode, 422)
  t.match(response.payload, /id="field-name"[^>]* aria-invalid="true"/)
  t.match(response.payload, /id="field-days"[^>]* aria-invalid="true"/)
})

t.test('a token may do less than its owner: what was chosen, and seeing where', async (t) => {
  const w = await world(t)
  const { secret, response } = await createToken(w, { scope: 'some', 'history.view': 'on' })
  t.match(response.payload, 'May only: See tenants · See the history')
  const send = (method: 'GET' | 'POST', url: string) =>
    w.app.inject({ method, url, headers: { authorization: `Bearer ${secret}` } })
  t.equal((await send('GET', `/api/v1/tenants/${ACME}/history`)).statusCode, 200)
  t.equal((await send('GET', `/api/v1/tenants/${ACME}`)).statusCode, 200)
  t.equal((await send('GET', `/api/v1/tenants/${ACME}/preferences`)).statusCode, 403)
  t.equal((await send('POST', '/api/v1/tenants')).statusCode, 403)
})

t.test('a token may never do what its owner may not, at each use', async (t) => {
  const w = await world(t)
  const { bob } = await addCast(w)
  const more = { name: 'x', days: '30', scope: 'some', 'tenant.delete': 'on' }
  const refused = await bob.browser.post('/account/tokens', more)
  t.equal(refused.statusCode, 422)
  t.match(refused.payload, 'only what you may do yourself')
  t.notMatch((await bob.browser.get('/account/tokens/new')).payload, 'name="tenant.delete"')
  const fields = { name: 'x', days: '30', scope: 'some', 'tenant.edit': 'on' }
  const { payload } = await bob.browser.post('/account/tokens', fields)
  const secret = /tnt_[\w-]{49}/.exec(payload)![0]
  const edit = () =>
    w.app.inject({
      method: 'PATCH',
      url: `/api/v1/tenants/${ACME}`,
      headers: { authorization: `Bearer ${secret}` },
      payload: { description: 'x' },
    })
  t.equal((await edit()).statusCode, 200)
  await operation(w.db, w.actor, 'test.role', (tx) =>
    everyTenantTx(tx)
      .updateTable('person')
      .set({ role_id: roles.viewer })
      .where('id', '=', bob.person_id)
      .execute(),
  )
  t.equal((await edit()).statusCode, 403)
})

t.test('T15: takes no permission that there is not, and none for everything', async (t) => {
  const w = await world(t)
  for (const fields of [
    { scope: 'some' },
    { scope: 'everything' },
    { scope: 'some', 'tenant.view': 'yes' },
    { scope: 'some', 'tenant.own': 'on' },
  ])
    t.equal((await createToken(w, fields)).response.statusCode, 422, JSON.stringify(fields))
})

t.test(
  'knows by its checksum a token that was mistyped or cut, and takes older ones',
  async (t) => {
    for (let number = 0; number < 50; number++) {
      const secret = newTokenSecret()
      t.match(secret, /^tnt_[\w-]{43}[0-9A-Za-z]{6}$/)
      t.equal(isTokenSecret(secret), true)
      const at = 4 + (number % 49)
      const altered = secret.slice(0, at) + (secret[at] === 'a' ? 'b' : 'a') + secret.slice(at + 1)
      t.equal(isTokenSecret(altered), false, altered)
    }
    const old = `tnt_${'x'.repeat(43)}`
    t.equal(isTokenSecret(old), true)
    for (const text of [old.slice(1), `${old}x`, `${old}000000x`, old.slice(0, -1), '', 'tnt_'])
      t.equal(isTokenSecret(text), false, text)
  },
)
