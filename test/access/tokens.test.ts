import t from 'tap'
import { operation } from '../../src/db/operation.ts'
import { findTokenActor } from '../../src/access/tokens.ts'
import { NORTHWIND, type World, world } from '../support/world.ts'

async function createToken({ alice }: World, fields = {}) {
  const response = await alice.post('/account/tokens', { name: 'Nightly', days: '30', ...fields })
  return { response, secret: /tnt_[\w-]{43}/.exec(response.payload)?.[0] ?? '' }
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
  const rows = await w.db.selectFrom('api_token').selectAll().execute()
  const changes = await w.db.selectFrom('change').selectAll().execute()
  t.notMatch(JSON.stringify([rows, changes]), secret)
})

t.test('a token ends when it was said to', async (t) => {
  const w = await world(t)
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
  const changes = await w.db
    .selectFrom('change')
    .select(['before', 'after'])
    .where('table_name', '=', 'api_token')
    .execute()
  t.notMatch(JSON.stringify(changes), 'token_hash')
})

t.test('says when a token was last used, to within five minutes', async (t) => {
  const { api, db, clock } = await world(t)
  const lastUsed = async () =>
    (await db.selectFrom('api_token').selectAll().execute())[0]!.last_used_at
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
    const row = { name: 'Bob', email: 'bob@x.example', email_key: 'bob@x.example' }
    const bob = await tx
      .insertInto('person')
      .values({ ...row, tenant_id: NORTHWIND })
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
