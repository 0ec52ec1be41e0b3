import t from 'tap'
import { ALICE_PASSWORD, type World, world } from '../support/world.ts'

const isIn = async (browser: World['alice']) => (await browser.get('/account')).statusCode === 200

/** A second browser of Alice's. */
async function otherBrowser({ anonymous }: World) {
  const fields = { email: 'alice@northwind.example', password: ALICE_PASSWORD }
  const { cookies } = await anonymous.post('/sign-in', fields)
  const [session, device] = cookies.map(({ value }) => value)
  return (url: string) => anonymous.send({ url, cookies: { session: session!, device: device! } })
}

t.test('T33: a session ends after an hour without use', async (t) => {
  const { alice, clock } = await world(t)
  clock.now = '2026-11-24T09:59:59.000Z'
  t.equal(await isIn(alice), true)
  clock.now = '2026-11-24T10:59:58.000Z'
  t.equal(await isIn(alice), true)
  clock.now = '2026-11-24T11:59:58.000Z'
  t.equal(await isIn(alice), false)
})

t.test('T33: a session ends after a day, however much it is used', async (t) => {
  const { alice, clock } = await world(t)
  const hours = Array.from({ length: 25 }, (_, hour) => hour)
  const used = []
  for (const hour of hours) {
    clock.now = new Date(Date.UTC(2026, 10, 24, 9, hour * 59)).toISOString()
    used.push(await isIn(alice))
  }
  t.equal(used.lastIndexOf(true), 24)
  clock.now = '2026-11-25T09:00:00.000Z'
  t.equal(await isIn(alice), false)
})

t.test('an expired session leads to sign-in and back to the page that one was on', async (t) => {
  const { alice, clock } = await world(t)
  clock.now = '2026-11-25T09:00:00.000Z'
  t.equal((await alice.get('/tenants?q=a')).headers.location, '/sign-in?next=%2Ftenants%3Fq%3Da')
  const fragment = await alice.send({
    url: '/account',
    headers: { 'hx-current-url': 'http://localhost/tenants?open=3' },
  })
  t.equal(fragment.headers.location, '/sign-in?next=%2Ftenants%3Fopen%3D3')
  const signIn = await alice.get('/sign-in?next=%2Ftenants')
  t.equal(signIn.headers['hx-redirect'], '/sign-in?next=%2Ftenants', 'as a page of its own')
})

t.test('signing out ends this session and no other', async (t) => {
  const w = await world(t)
  const other = await otherBrowser(w)
  const response = await w.alice.post('/sign-out')
  t.equal(response.headers.location, '/sign-in')
  t.match(response.cookies, [{ name: 'session', value: '' }])
  t.equal(await isIn(w.alice), false)
  t.equal((await other('/account')).statusCode, 200)
})

t.test('signing out everywhere ends them all, and forgets known browsers', async (t) => {
  const w = await world(t)
  const other = await otherBrowser(w)
  t.equal((await w.alice.post('/sign-out-everywhere')).headers.location, '/sign-in')
  t.equal(await isIn(w.alice), false)
  t.equal((await other('/account')).statusCode, 303)
  t.same(await w.db.selectFrom('known_device').selectAll().execute(), [])
})

t.test('the account page lists the open sessions, this one first', async (t) => {
  const w = await world(t)
  const firefox = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0'
  await w.anonymous.send({
    method: 'POST',
    url: '/sign-in',
    headers: { 'user-agent': firefox, 'content-type': 'application/x-www-form-urlencoded' },
    payload: new URLSearchParams({
      email: 'alice@northwind.example',
      password: ALICE_PASSWORD,
    }).toString(),
  })
  const { payload } = await w.alice.get('/account')
  t.match(payload, /A browser[^]*This one[^]*Firefox on Windows/)
  t.equal(payload.match(/This one/g)?.length, 1)
})
