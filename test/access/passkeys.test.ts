import t from 'tap'
import { operation } from '../../src/db/operation.ts'
import { everyTenantTx } from '../../src/db/scope-guard.ts'
import { createAuthenticator, ORIGIN } from '../support/authenticator.ts'
import { addUser } from '../support/cast.ts'
import { addPasskey, askToSignIn, cookieOf, secondsAfter, signInWith } from '../support/factors.ts'
import { mainText } from '../support/html.ts'
import { ACME, ALICE_PASSWORD, START, type World, world } from '../support/world.ts'

const signIn = async (w: World, sign: (options: { challenge: string }) => string) => {
  const { options, ceremony } = await askToSignIn(w)
  return signInWith(w, ceremony, sign(options))
}

const count = async ({ db }: World) =>
  (await db.selectFrom('passkey').select('id').execute()).length

t.test('a passkey signs in without a password and without a second step', async (t) => {
  const w = await world(t)
  const { authenticator } = await addPasskey(w.alice)
  const answer = await signIn(w, (options) => authenticator.get(options))
  t.equal(answer.headers.location, '/tenants')
  const session = cookieOf(answer)!
  t.equal((await w.anonymous.send({ url: '/account', cookies: { session } })).statusCode, 200)
  t.match(mainText((await w.alice.get('/account/security')).payload), /Phone .* last used/)
})

t.test('whoever has a passkey needs more than the password', async (t) => {
  const w = await world(t)
  await addPasskey(w.alice)
  const fields = { email: 'alice@northwind.example', password: ALICE_PASSWORD }
  const answer = await w.anonymous.post('/sign-in', fields)
  t.match(answer.headers.location, /^\/sign-in\/second-step/)
  t.equal(cookieOf(answer), undefined)
})

t.test('T33: a challenge is good once', async (t) => {
  const w = await world(t)
  const { authenticator } = await addPasskey(w.alice, 'Cloud', { counts: false })
  const { options, ceremony } = await askToSignIn(w)
  const signed = authenticator.get(options)
  t.equal((await signInWith(w, ceremony, signed)).statusCode, 303)
  t.equal((await signInWith(w, ceremony, signed)).statusCode, 422, 'the same again')
  t.equal((await signInWith(w, ceremony, authenticator.get(options))).statusCode, 422, 'anew')
})

t.test('T33: a challenge is good for five minutes, in the browser that asked for it', async (t) => {
  const w = await world(t)
  const { authenticator } = await addPasskey(w.alice)
  const mine = await askToSignIn(w)
  const theirs = await askToSignIn(w)
  t.equal((await signInWith(w, theirs.ceremony, authenticator.get(mine.options))).statusCode, 422)
  const late = await askToSignIn(w)
  w.clock.now = secondsAfter(START, 300)
  t.equal((await signInWith(w, late.ceremony, authenticator.get(late.options))).statusCode, 422)
  t.equal((await signIn(w, (options) => authenticator.get(options))).statusCode, 303)
})

t.test('T33: takes no challenge that it did not give, or gave for something else', async (t) => {
  const w = await world(t)
  const { authenticator } = await addPasskey(w.alice)
  const made_up = { challenge: 'x'.repeat(43) }
  t.equal((await signIn(w, () => authenticator.get(made_up))).statusCode, 422)
  const registration = (await w.alice.post('/account/passkeys/challenge')).json()
  const verification = (await w.alice.post('/verify/challenge')).json()
  for (const options of [registration, verification])
    t.equal((await signInWith(w, w.session, authenticator.get(options))).statusCode, 422)
})

t.test('T33: takes no signature of another site, or without finger or PIN', async (t) => {
  const w = await world(t)
  const { authenticator } = await addPasskey(w.alice)
  for (const variation of [
    { origin: 'https://localhost.evil.example' },
    { origin: `${ORIGIN}:8080` },
    { rp_id: 'evil.example' },
    { verifies: false },
  ]) {
    const answer = await signIn(w, (options) => authenticator.get(options, variation))
    t.equal(answer.statusCode, 422, JSON.stringify(variation))
  }
})

t.test('T33: a key that was copied shows by its count', async (t) => {
  const w = await world(t)
  const { authenticator } = await addPasskey(w.alice)
  t.equal(
    (await signIn(w, (options) => authenticator.get(options, { counter: 7 }))).statusCode,
    303,
  )
  for (const counter of [7, 6, 0])
    t.equal(
      (await signIn(w, (options) => authenticator.get(options, { counter }))).statusCode,
      422,
      `${counter}`,
    )
  const asked = [await askToSignIn(w), await askToSignIn(w)]
  const answers = await Promise.all(
    asked.map(({ options, ceremony }) =>
      signInWith(w, ceremony, authenticator.get(options, { counter: 8 })),
    ),
  )
  t.same(answers.map(({ statusCode }) => statusCode).toSorted(), [303, 422], 'at the same moment')
})

t.test("T33: nobody's key passes for that of somebody else", async (t) => {
  const w = await world(t)
  const bob = await addUser(w, ACME, 'Bob', 'technician')
  const { authenticator } = await addPasskey(bob.browser)
  await addPasskey(w.alice)
  const unknown = createAuthenticator()
  unknown.create({ challenge: 'x', user: { id: 'x' } })
  t.equal((await signIn(w, (options) => unknown.get(options))).statusCode, 422)
  const accounts = await w.db.selectFrom('user_account').selectAll().execute()
  const alice = accounts.find(({ person_id }) => person_id === w.actor.person_id)!
  const swapped = await signIn(w, (options) => {
    const sent = JSON.parse(authenticator.get(options))
    return JSON.stringify({
      ...sent,
      response: { ...sent.response, userHandle: alice.passkey_handle },
    })
  })
  t.equal(swapped.statusCode, 422)
})

t.test('T33: a user who was deactivated has no passkey', async (t) => {
  const w = await world(t)
  const bob = await addUser(w, ACME, 'Bob', 'technician')
  const { authenticator } = await addPasskey(bob.browser)
  await operation(w.db, w.actor, 'test.person', (tx) =>
    everyTenantTx(tx)
      .updateTable('person')
      .set({ active: 0 })
      .where('id', '=', bob.person_id)
      .execute(),
  )
  t.equal((await signIn(w, (options) => authenticator.get(options))).statusCode, 422)
})

t.test('takes what is no credential for a mistake, and for nothing worse', async (t) => {
  const w = await world(t)
  for (const sent of [
    '',
    '{',
    '[]',
    '"x"',
    '{"id":1}',
    '{"id":"x","response":{}}',
    'x'.repeat(20_000),
  ])
    t.equal((await signIn(w, () => sent)).statusCode, 422, sent.slice(0, 30))
  const { options, ceremony } = await askToSignIn(w)
  const clientDataJSON = Buffer.from(JSON.stringify(options)).toString('base64url')
  const sent = JSON.stringify({ id: 'x', response: { clientDataJSON } })
  t.equal((await signInWith(w, ceremony, sent)).statusCode, 422)
})

t.test('several passkeys have names, and each can be removed', async (t) => {
  const w = await world(t)
  for (const name of ['Phone', 'Blue key']) await addPasskey(w.alice, name)
  const page = await w.alice.get('/account/security')
  t.match(mainText(page.payload), /Phone .*Blue key/)
  const [id] = /(?<=\/account\/passkeys\/)\d+(?=\/removal)/.exec(page.payload)!
  t.equal((await w.alice.post(`/account/passkeys/${id}/removal`)).statusCode, 303)
  t.equal((await w.alice.post(`/account/passkeys/${id}/removal`)).statusCode, 404)
  t.equal(await count(w), 1)
})

t.test("nobody removes another person's passkey", async (t) => {
  const w = await world(t)
  const bob = await addUser(w, ACME, 'Bob', 'administrator')
  await addPasskey(w.alice)
  t.equal((await bob.browser.post('/account/passkeys/1/removal')).statusCode, 404)
  t.equal(await count(w), 1)
})

t.test('T33: adds nothing that was not made for this session just now', async (t) => {
  const w = await world(t)
  const bob = await addUser(w, ACME, 'Bob', 'technician')
  const authenticator = createAuthenticator()
  const options = (await bob.browser.post('/account/passkeys/challenge')).json()
  const add = (credential: string) => w.alice.post('/account/passkeys', { name: 'x', credential })
  t.equal((await add(authenticator.create(options))).statusCode, 422, 'of another session')
  const mine = async () => (await w.alice.post('/account/passkeys/challenge')).json()
  for (const variation of [{ origin: 'https://evil.example' }, { rp_id: 'x' }, { verifies: false }])
    t.equal((await add(authenticator.create(await mine(), variation))).statusCode, 422)
  t.equal(await count(w), 0)
  t.equal((await add(authenticator.create(await mine()))).statusCode, 303)
})

t.test('a passkey needs a name that can be seen', async (t) => {
  const w = await world(t)
  const { answer } = await addPasskey(w.alice, '\u200b')
  t.equal(answer.statusCode, 422)
  t.notMatch(answer.payload, 'clientDataJSON')
})

t.test('T35: gives no more than a hundred challenges to one network at once', async (t) => {
  const w = await world(t)
  for (let number = 0; number < 100; number++) await askToSignIn(w)
  t.equal((await w.anonymous.post('/sign-in/passkey/challenge')).statusCode, 503)
  w.clock.now = secondsAfter(START, 301)
  t.equal((await w.anonymous.post('/sign-in/passkey/challenge')).statusCode, 200)
  t.equal((await w.db.selectFrom('passkey_challenge').selectAll().execute()).length, 1)
})

t.test('a new passkey ends what a password alone began elsewhere, and says so', async (t) => {
  const w = await world(t)
  const said = ({ answer }: Awaited<ReturnType<typeof addPasskey>>) =>
    decodeURIComponent(String(answer.headers['set-cookie']))
  await w.anonymous.post('/sign-in', { email: 'alice@northwind.example', password: ALICE_PASSWORD })
  t.match(said(await addPasskey(w.alice)), 'You were signed out wherever a password alone')
  t.notMatch(said(await addPasskey(w.alice, 'Blue key')), 'signed out')
})

t.test('the page says beforehand that no passkey can be added at an IP address', async (t) => {
  const { app, session } = await world(t)
  const at = async (host: string) =>
    (await app.inject({ url: '/account/security', headers: { host }, cookies: { session } })).body
  t.match(await at('127.0.0.1:8080'), 'A passkey belongs to a name.')
  t.notMatch(await at('127.0.0.1:8080'), 'href="/account/passkeys/new"')
  t.match(await at('localhost:8080'), 'href="/account/passkeys/new"')
})
