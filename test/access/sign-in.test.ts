import t from 'tap'
import { ALICE_PASSWORD, world } from '../support/world.ts'

const ALICE = { email: 'alice@northwind.example', password: ALICE_PASSWORD }

t.test('signs in, and goes on to where one wanted to be', async (t) => {
  const { anonymous } = await world(t)
  const response = await anonymous.post('/sign-in', { ...ALICE, next: '/account' })
  t.equal(response.statusCode, 303)
  t.equal(response.headers.location, '/account')
  const cookie = response.cookies[0]
  t.match(cookie, { name: 'session', httpOnly: true, sameSite: 'Lax', path: '/' })
  const page = await anonymous.send({ url: '/account', cookies: { session: cookie!.value } })
  t.match(page.payload, 'alice@northwind.example')
})
