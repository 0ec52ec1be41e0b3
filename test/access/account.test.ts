import t from 'tap'
import { addCast } from '../support/cast.ts'
import { cookieOf } from '../support/factors.ts'
import { ALICE_PASSWORD, type World, world } from '../support/world.ts'

const NEW_PASSWORD = 'violet harbour seventeen lanterns'

const signIn = ({ anonymous }: World, password: string) =>
  anonymous.post('/sign-in', { email: 'alice@northwind.example', password })

t.test('changes the password, ends the other sessions, and goes on in this browser', async (t) => {
  const w = await world(t)
  const other = (await signIn(w, ALICE_PASSWORD)).cookies[0]!.value
  const fields = { current: ALICE_PASSWORD, password: NEW_PASSWORD }
  const response = await w.alice.post('/account/password', fields)
  t.equal(response.headers.location, '/account/password?changed')
  const open = (session: string) => w.anonymous.send({ url: '/account', cookies: { session } })
  t.equal((await open(other)).statusCode, 303)
  t.equal((await w.alice.get('/account')).statusCode, 303, 'nor is the old session kept')
  t.equal((await open(response.cookies[0]!.value)).statusCode, 200)
  t.equal((await signIn(w, ALICE_PASSWORD)).statusCode, 422)
  t.equal((await signIn(w, NEW_PASSWORD)).statusCode, 303)
})

t.test('T25: a change of password is on record, and the password is not', async (t) => {
  const w = await world(t)
  await w.alice.post('/account/password', { current: ALICE_PASSWORD, password: NEW_PASSWORD })
  const last = await w.db
    .selectFrom('operation')
    .selectAll()
    .orderBy('id', 'desc')
    .executeTakeFirst()
  t.match(last, { kind: 'password.change', actor_name: 'Alice Moore', change_count: 0 })
})

t.test('asks for the current password, and counts wrong ones', async (t) => {
  const w = await world(t)
  const fields = { current: 'x', password: NEW_PASSWORD }
  const response = await w.alice.post('/account/password', fields)
  t.equal(response.statusCode, 422)
  t.match(response.payload, /id="field-current"[^>]* aria-invalid="true"/)
  t.notMatch(response.payload, NEW_PASSWORD)
  for (let tries = 1; tries < 10; tries++) await w.alice.post('/account/password', fields)
  const refused = await w.alice.post('/account/password', { ...fields, current: ALICE_PASSWORD })
  t.equal(refused.statusCode, 429)
})

t.test('takes no new password that others could guess', async (t) => {
  const { alice } = await world(t)
  for (const password of ['short', 'Password123456789', 'Alice Moore Northwind']) {
    const response = await alice.post('/account/password', { current: ALICE_PASSWORD, password })
    t.equal(response.statusCode, 422)
    t.match(response.payload, /id="field-password"[^>]* aria-invalid="true"/)
  }
})

t.test('lists the sessions of a person, and ends any one of them', async (t) => {
  const w = await world(t)
  const other = cookieOf(await signIn(w, ALICE_PASSWORD))!
  const page = await w.alice.get('/account')
  const ends = [...page.payload.matchAll(/action="(\/account\/sessions\/\d+\/end)"/g)]
  t.equal(ends.length, 1, 'but not this one: that is signing out')
  t.equal((await w.alice.post(ends[0]![1]!)).headers.location, '/account')
  t.equal((await w.alice.post(ends[0]![1]!)).statusCode, 404)
  const there = await w.anonymous.send({ url: '/account', cookies: { session: other } })
  t.equal(there.statusCode, 303)
})

t.test("nobody ends another person's session", async (t) => {
  const w = await world(t)
  const { charlie } = await addCast(w)
  const sessions = await w.db.selectFrom('session').select('id').execute()
  for (const { id } of sessions) await charlie.browser.post(`/account/sessions/${id}/end`)
  t.equal((await w.alice.get('/account')).statusCode, 200)
  for (const id of ['0', 'x', '9'.repeat(20)])
    t.equal((await w.alice.post(`/account/sessions/${id}/end`)).statusCode, 404)
})
