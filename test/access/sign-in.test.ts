import { argon2Sync } from 'node:crypto'
import t from 'tap'
import { hashSecret } from '../../src/access/secrets.ts'
import { buildApp } from '../../src/app.ts'
import { system } from '../../src/db/operation.ts'
import { ALICE_PASSWORD, appOptions, type World, world } from '../support/world.ts'
import { LEADS_AWAY } from '../web/leads-away.ts'

const EMAIL = 'alice@northwind.example'

const signIn = ({ anonymous }: World, fields: object = {}) =>
  anonymous.post('/sign-in', { email: EMAIL, password: ALICE_PASSWORD, ...fields })

const cookie = (response: { cookies: { name: string; value: string }[] }, name = 'session') =>
  response.cookies.find((one) => one.name === name)?.value

t.test('signs in, and goes on to where one wanted to be', async (t) => {
  const w = await world(t)
  const form = await w.anonymous.get('/sign-in?next=%2Faccount%3Fx%3D1')
  t.match(form.payload, 'name="next" value="/account?x=1"')
  const response = await signIn(w, { next: '/account?x=1' })
  t.equal(response.statusCode, 303)
  t.equal(response.headers.location, '/account?x=1')
  const page = await w.anonymous.send({
    url: '/account',
    cookies: { session: cookie(response)! },
  })
  t.match(page.payload, EMAIL)
})

t.test('takes the e-mail address in any case', async (t) => {
  t.equal((await signIn(await world(t), { email: ' Alice@NORTHWIND.example ' })).statusCode, 303)
})

t.test(
  'does not sign in with a wrong password, and keeps the address that was typed',
  async (t) => {
    const w = await world(t)
    const response = await signIn(w, { password: 'violet harbour' })
    t.equal(response.statusCode, 422)
    t.match(response.payload, `value="${EMAIL}"`)
    t.notMatch(response.payload, 'violet harbour')
    t.same(response.cookies, [])
  },
)

t.test('asks for what is missing, at its field', async (t) => {
  const response = await (await world(t)).anonymous.post('/sign-in', {})
  t.equal(response.statusCode, 422)
  t.match(response.payload, /<title>Error: Sign in/)
  t.match(response.payload, /id="field-email"[^>]* aria-invalid="true"/)
  t.match(response.payload, 'Enter your password.')
})

t.test('T15: takes no field that it does not know, and none twice', async (t) => {
  const w = await world(t)
  t.equal((await signIn(w, { person_id: '1' })).statusCode, 422)
  t.equal((await signIn(w, { email: [EMAIL, EMAIL] })).statusCode, 422)
})

t.test('T13: goes nowhere else after signing in, whatever next says', async (t) => {
  const w = await world(t)
  for (const next of LEADS_AWAY) {
    const page = await w.alice.get(`/sign-in?next=${encodeURIComponent(next)}`)
    t.equal(page.headers.location, '/tenants', JSON.stringify(next))
  }
  const response = await signIn(w, { next: '/.//evil.example' })
  t.equal(response.headers.location, '/tenants')
})

t.test('puts the cursor into the password when it was wrong', async (t) => {
  const { payload } = await signIn(await world(t), { password: 'x' })
  t.match(payload, /id="field-password"[^>]* autofocus/)
  t.notMatch(payload, /id="field-email"[^>]* autofocus/)
})

t.test('T33: says the same of a wrong password and of an unknown address', async (t) => {
  const w = await world(t)
  const wrong = await signIn(w, { password: 'x' })
  const unknown = await signIn(w, { email: 'nobody@northwind.example', password: 'x' })
  t.equal(unknown.statusCode, wrong.statusCode)
  t.equal(unknown.payload.replaceAll('nobody@', 'alice@'), wrong.payload)
})

t.test('T33: an unknown address takes as long as a wrong password', async (t) => {
  const w = await world(t)
  const times = { known: [] as number[], unknown: [] as number[] }
  for (let round = 0; round < 7; round++)
    for (const who of ['known', 'unknown'] as const) {
      const start = process.cpuUsage()
      await w.anonymous.send({
        method: 'POST',
        url: '/sign-in',
        remoteAddress: `192.0.2.${round}`,
        payload: `email=${who === 'known' ? EMAIL : 'nobody@x.example'}&password=x`,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      })
      const { user, system } = process.cpuUsage(start)
      times[who].push(user + system)
    }
  const median = (values: number[]) => values.toSorted((a, b) => a - b)[3]!
  // In time of the processor, of which others on the machine take nothing away. Without the hash
  // for nobody it would be a tenth.
  const ratio = median(times.unknown) / median(times.known)
  t.ok(ratio > 0.6 && ratio < 1.6, `ratio ${ratio}`)
})

t.test('T33: signing in gives a new session and closes the one that was planted', async (t) => {
  const w = await world(t)
  const planted = cookie(await signIn(w))!
  const response = await w.anonymous.send({
    method: 'POST',
    url: '/sign-in',
    cookies: { session: planted },
    payload: new URLSearchParams({ email: EMAIL, password: ALICE_PASSWORD }).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  })
  t.not(cookie(response), planted)
  const old = await w.anonymous.send({ url: '/tenants', cookies: { session: planted } })
  t.equal(old.statusCode, 303)
})

t.test('T33: takes no session that it did not give out itself', async (t) => {
  const w = await world(t)
  const chosen = 'A'.repeat(43)
  const response = await w.anonymous.send({ url: '/sign-in', cookies: { session: chosen } })
  t.same(response.cookies, [])
  t.equal(
    (await w.anonymous.send({ url: '/tenants', cookies: { session: chosen } })).statusCode,
    303,
  )
})

t.test('T33: keeps only hashes of what the browser holds', async (t) => {
  const w = await world(t)
  const response = await signIn(w)
  const [session, device] = [cookie(response)!, cookie(response, 'device')!]
  const rows = JSON.stringify([
    await w.db.selectFrom('session').selectAll().execute(),
    await w.db.selectFrom('known_device').selectAll().execute(),
  ])
  t.notOk(rows.includes(session) || rows.includes(device))
  t.match(rows, hashSecret(session))
  t.match(rows, hashSecret(device))
})

t.test('T33: scripts and other sites do not get at the cookie', async (t) => {
  const response = await signIn(await world(t))
  for (const one of response.cookies)
    t.match(one, { httpOnly: true, sameSite: 'Lax', path: '/', domain: undefined })
})

t.test('T33: over HTTPS the cookies are for this host and for HTTPS only', async (t) => {
  const w = await world(t)
  const app = await buildApp(w.db, { ...appOptions, trusted_proxy: '127.0.0.1' })
  t.teardown(() => app.close())
  const response = await app.inject({
    method: 'POST',
    url: '/sign-in',
    headers: {
      'x-forwarded-proto': 'https',
      'sec-fetch-site': 'same-origin',
      'content-type': 'application/x-www-form-urlencoded',
    },
    payload: new URLSearchParams({ email: EMAIL, password: ALICE_PASSWORD }).toString(),
  })
  t.match(response.cookies, [
    { name: '__Host-session', secure: true, path: '/' },
    { name: '__Host-device', secure: true, path: '/' },
  ])
  const plain = { url: '/tenants', headers: { 'x-forwarded-proto': 'https' } }
  const session = cookie(response, '__Host-session')!
  t.equal((await app.inject({ ...plain, cookies: { session } })).statusCode, 303)
  t.equal((await app.inject({ ...plain, cookies: { '__Host-session': session } })).statusCode, 200)
})

t.test('believes nobody but the proxy that the connection was secure', async (t) => {
  const w = await world(t)
  const response = await w.anonymous.send({
    method: 'POST',
    url: '/sign-in',
    headers: {
      'x-forwarded-proto': 'https',
      'content-type': 'application/x-www-form-urlencoded',
    },
    payload: new URLSearchParams({ email: EMAIL, password: ALICE_PASSWORD }).toString(),
  })
  t.ok(cookie(response))
})

t.test('renews a hash that was made at another cost', async (t) => {
  const w = await world(t)
  const cheap = '$argon2id$v=19$m=8192,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$' + cheapTag(ALICE_PASSWORD)
  await system(w.db, (tx) => tx.updateTable('user_account').set({ password_hash: cheap }).execute())
  t.equal((await signIn(w)).statusCode, 303)
  const { password_hash } = await w.db
    .selectFrom('user_account')
    .select('password_hash')
    .executeTakeFirstOrThrow()
  t.match(password_hash, 'm=19456,t=2,p=1')
  t.equal((await signIn(w)).statusCode, 303)
})

function cheapTag(message: string) {
  const cost = { memory: 8192, passes: 1, parallelism: 1, tagLength: 32 }
  return argon2Sync('argon2id', { message, nonce: Buffer.alloc(16), ...cost })
    .toString('base64')
    .replace(/=+$/, '')
}
