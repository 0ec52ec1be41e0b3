import t from 'tap'
import { addCast } from '../support/cast.ts'
import { fieldError } from '../support/html.ts'
import {
  addPasskey,
  codeAt,
  cookieOf,
  secondsAfter,
  sendForm,
  setUpTotp,
} from '../support/factors.ts'
import { collectRoutes, sampleAddress } from '../support/routes.ts'
import { ALICE_PASSWORD, START, type World, browser, world } from '../support/world.ts'
import { LEADS_AWAY } from '../web/leads-away.ts'

const declared = collectRoutes()
const MINUTE = 60
const FRESH_PAGE = '/account/passkeys/new'

/** A world so many minutes after Alice has shown who she is, in use meanwhile. */
async function after(t: Parameters<typeof world>[0], minutes: number) {
  const w = await world(t)
  w.clock.now = secondsAfter(START, minutes * MINUTE)
  return w
}

const isAsked = (answer: { headers: Record<string, unknown> }) =>
  String(answer.headers.location).startsWith('/verify')

t.test('asks after 15 minutes for what is dangerous, and leads back', async (t) => {
  const w = await after(t, 15)
  t.equal((await w.alice.get(FRESH_PAGE)).statusCode, 200)
  w.clock.now = secondsAfter(START, 15 * MINUTE + 1)
  const asked = await w.alice.get(FRESH_PAGE)
  t.equal(asked.headers.location, `/verify?next=${encodeURIComponent(FRESH_PAGE)}`)
  t.equal((await w.alice.get('/tenants')).statusCode, 200, 'and for nothing else')
  const page = await w.alice.get(asked.headers.location!)
  t.match(page.payload, `name="next" value="${FRESH_PAGE}"`)
  const shown = await w.alice.post('/verify', { password: ALICE_PASSWORD, next: FRESH_PAGE })
  t.equal(shown.headers.location, FRESH_PAGE)
  t.equal((await browser(w.app, cookieOf(shown)).get(FRESH_PAGE)).statusCode, 200)
})

t.test('takes a form for 45 minutes, so that filling it in is not in vain', async (t) => {
  const w = await after(t, 45)
  t.equal((await w.alice.post('/account/passkeys', {})).statusCode, 422)
  w.clock.now = secondsAfter(START, 45 * MINUTE + 1)
  t.ok(isAsked(await w.alice.post('/account/passkeys', {})))
})

t.test('T33: showing who one is gives another session, and ends the one before', async (t) => {
  const w = await after(t, 20)
  const shown = await w.alice.post('/verify', { password: ALICE_PASSWORD })
  t.not(cookieOf(shown), w.session)
  t.equal((await w.alice.get('/account')).statusCode, 303)
  t.equal((await browser(w.app, cookieOf(shown)).get('/account')).statusCode, 200)
})

t.test('takes a code of the app, or a passkey of one’s own', async (t) => {
  const w = await world(t)
  const { key } = await setUpTotp(w, w.alice)
  const { authenticator } = await addPasskey(w.alice)
  w.clock.now = secondsAfter(START, 20 * MINUTE)
  let alice = w.alice
  const proofs = [
    () => ({ code: codeAt(key, w.clock.now) }),
    async () => ({
      credential: authenticator.get((await alice.post('/verify/challenge')).json()),
    }),
  ]
  for (const prove of proofs) {
    const shown = await alice.post('/verify', await prove())
    t.equal(shown.statusCode, 303)
    alice = browser(w.app, cookieOf(shown))
  }
})

t.test(
  'T33: takes neither a password nor a recovery code of who has a second factor',
  async (t) => {
    const w = await world(t)
    const { codes } = await setUpTotp(w, w.alice)
    w.clock.now = secondsAfter(START, 20 * MINUTE)
    t.notMatch((await w.alice.get('/verify')).payload, 'name="password"')
    const insufficient: Record<string, string>[] = [
      { password: ALICE_PASSWORD },
      { code: codes[0]! },
    ]
    for (const fields of insufficient) {
      const answer = await w.alice.post('/verify', fields)
      t.equal(answer.statusCode, 422)
      t.equal(answer.cookies.length, 0)
    }
    t.ok(isAsked(await w.alice.get(FRESH_PAGE)))
    const fields = { email: 'alice@northwind.example', password: ALICE_PASSWORD }
    const pending = cookieOf(await w.anonymous.post('/sign-in', fields), 'pending')!
    const anew = await sendForm(
      w.anonymous,
      '/sign-in/second-step',
      { code: codes[0]! },
      { pending },
    )
    t.equal((await browser(w.app, cookieOf(anew)).get(FRESH_PAGE)).statusCode, 200)
  },
)

t.test('T33: takes no wrong password, code or passkey, and none of another person', async (t) => {
  const w = await world(t)
  const { bob } = await addCast(w)
  const { authenticator } = await addPasskey(bob.browser)
  const options = (await w.alice.post('/verify/challenge')).json()
  const wrong: Record<string, string>[] = [
    { password: 'x' },
    { code: '000000' },
    { credential: authenticator.get(options) },
  ]
  for (const fields of wrong) {
    const answer = await w.alice.post('/verify', fields)
    t.equal(answer.statusCode, 422)
    t.equal(answer.cookies.length, 0)
  }
  t.ok(fieldError((await w.alice.post('/verify', { password: 'x' })).payload, 'password'))
})

t.test('T15: takes one proof at a time, and nothing unknown', async (t) => {
  const { alice } = await world(t)
  for (const fields of [
    {},
    { password: ALICE_PASSWORD, code: '1' },
    { password: ALICE_PASSWORD, person_id: '1' },
    { password: [ALICE_PASSWORD, ALICE_PASSWORD] },
  ])
    t.equal((await alice.post('/verify', fields as Record<string, string>)).statusCode, 422)
})

t.test('T34: wrong passwords count here as they do at sign-in', async (t) => {
  const { alice } = await world(t)
  for (let number = 0; number < 10; number++) await alice.post('/verify', { password: 'x' })
  const refused = await alice.post('/verify', { password: ALICE_PASSWORD })
  t.equal(refused.statusCode, 429)
  t.ok(refused.headers['retry-after'])
})

t.test('T13: leads nowhere else, whatever next says', async (t) => {
  const w = await world(t)
  let alice = w.alice
  for (const next of LEADS_AWAY) {
    const shown = await alice.post('/verify', { password: ALICE_PASSWORD, next })
    t.equal(shown.headers.location, '/account/security', JSON.stringify(next))
    alice = browser(w.app, cookieOf(shown))
  }
})

t.test('leads back to the page from which a late form was sent', async (t) => {
  const w = await after(t, 50)
  const send = (headers: Record<string, string>) =>
    w.alice.send({ method: 'POST', url: '/account/passkeys', headers })
  const from = async (headers: Record<string, string>) =>
    new URLSearchParams((await send(headers)).headers.location!.split('?')[1]).get('next')
  t.equal(await from({ referer: `http://localhost${FRESH_PAGE}` }), FRESH_PAGE)
  t.equal(
    await from({ 'hx-current-url': `http://localhost${FRESH_PAGE}?x=1` }),
    `${FRESH_PAGE}?x=1`,
  )
  t.equal(await from({ referer: 'http://evil.example//evil.example' }), '/account/security')
  t.equal(await from({}), '/account/security')
})

t.test('every route that is dangerous asks again, and none by a token', async (t) => {
  const w: World = await after(t, 50)
  const dangerous = declared().filter(({ fresh }) => fresh)
  t.ok(dangerous.length >= 9)
  for (const { method, url, credential } of dangerous) {
    t.equal(credential, 'session')
    const address = sampleAddress(url)
    const answer =
      method === 'POST' ? await sendForm(w.alice, address, {}, {}) : await w.alice.get(address)
    t.ok(isAsked(answer), `${method} ${url}`)
  }
})

t.test('T33: asks again wherever somebody gains rights, or a way in', (t) => {
  const asking = new Set(
    declared()
      .filter(({ fresh }) => fresh)
      .map(({ method, url }) => `${method} ${url}`),
  )
  for (const route of [
    'POST /people',
    'POST /people/:id/edit',
    'POST /people/:id/activation',
    'POST /people/:id/deactivation',
    'POST /people/:id/deletion',
    'POST /people/:id/invitations',
    'POST /history/:id/undo',
  ])
    t.ok(asking.has(route), route)
  t.end()
})
