import t from 'tap'
import { drawQrCode } from '../../src/access/qr.ts'
import { fieldError, mainText } from '../support/html.ts'
import {
  codeAt,
  cookieOf,
  recoveryCodes,
  secondsAfter,
  sendForm,
  setUpTotp,
} from '../support/factors.ts'
import { ALICE_PASSWORD, START, type World, world } from '../support/world.ts'

const EMAIL = 'alice@northwind.example'
const STEP = '/sign-in/second-step'

async function withPassword({ anonymous }: World, next = '/account?x=1') {
  const answer = await anonymous.post('/sign-in', { email: EMAIL, password: ALICE_PASSWORD, next })
  return { answer, pending: cookieOf(answer, 'pending')! }
}

const sendCode = ({ anonymous }: World, pending: string, code: string, from?: string) =>
  sendForm(anonymous, STEP, { code, next: '/account?x=1' }, { pending }, from)

/** Alice with an app whose next code is not used yet. */
async function withApp(t: Parameters<typeof world>[0]) {
  const w = await world(t)
  const { key, codes } = await setUpTotp(w, w.alice)
  w.clock.now = secondsAfter(START, 60)
  return { ...w, key, codes }
}

t.test('asks for a code after the password, and then goes on', async (t) => {
  const w = await withApp(t)
  const { answer, pending } = await withPassword(w)
  t.equal(answer.headers.location, `${STEP}?next=%2Faccount%3Fx%3D1`)
  t.equal(cookieOf(answer), undefined, 'the password alone opens no session')
  const page = await w.anonymous.send({ url: answer.headers.location!, cookies: { pending } })
  t.match(page.payload, 'name="next" value="/account?x=1"')
  const done = await sendCode(w, pending, codeAt(w.key, w.clock.now))
  t.equal(done.headers.location, '/account?x=1')
  const session = cookieOf(done)!
  t.equal((await w.anonymous.send({ url: '/account', cookies: { session } })).statusCode, 200)
})

t.test('the secret of the second step opens no page by itself', async (t) => {
  const w = await withApp(t)
  const { pending } = await withPassword(w)
  for (const name of ['session', 'pending', 'device']) {
    const cookies = { [name]: pending }
    t.equal((await w.anonymous.send({ url: '/account', cookies })).statusCode, 303, name)
  }
})

t.test('T33: takes a code once, and none that is older than one that was used', async (t) => {
  const w = await withApp(t)
  const code = codeAt(w.key, w.clock.now)
  const used = await sendCode(w, (await withPassword(w)).pending, code)
  t.equal(used.statusCode, 303)
  const { pending } = await withPassword(w)
  const replayed = await sendCode(w, pending, code)
  t.equal(replayed.statusCode, 422)
  t.match(fieldError(replayed.payload, 'code'), 'used before')
  const older = codeAt(w.key, secondsAfter(w.clock.now, -30))
  t.equal((await sendCode(w, pending, older)).statusCode, 422)
})

t.test('T33: of two requests with one code at the same moment one gets in', async (t) => {
  const w = await withApp(t)
  const steps = [await withPassword(w), await withPassword(w)]
  const code = codeAt(w.key, w.clock.now)
  const answers = await Promise.all(steps.map(({ pending }) => sendCode(w, pending, code)))
  t.same(answers.map(({ statusCode }) => statusCode).toSorted(), [303, 422])
})

t.test('T33: takes the code of a clock that is thirty seconds off, and no more', async (t) => {
  for (const [seconds, status] of [
    [-60, 422],
    [-30, 303],
    [30, 303],
    [60, 422],
  ] as const) {
    const w = await withApp(t)
    w.clock.now = secondsAfter(START, 600)
    const code = codeAt(w.key, secondsAfter(w.clock.now, seconds))
    const answer = await sendCode(w, (await withPassword(w)).pending, code)
    t.equal(answer.statusCode, status, `${seconds} s`)
  }
})

t.test('T33: the second step is open for ten minutes, and once', async (t) => {
  const w = await withApp(t)
  const { pending } = await withPassword(w)
  t.equal((await sendCode(w, pending, codeAt(w.key, w.clock.now))).statusCode, 303)
  const next = codeAt(w.key, secondsAfter(w.clock.now, 30))
  const again = await sendCode(w, pending, next)
  t.equal(again.headers.location, '/sign-in', 'it was used')
  const late = await withPassword(w)
  w.clock.now = secondsAfter(w.clock.now, 600)
  const answer = await sendCode(w, late.pending, codeAt(w.key, w.clock.now))
  t.equal(answer.headers.location, '/sign-in', 'it is over')
  for (const altered of ['', 'x'.repeat(43), `${late.pending}x`])
    t.equal((await sendCode(w, altered, next)).headers.location, '/sign-in')
})

t.test('T34: after ten wrong codes the right one has to wait, as at passwords', async (t) => {
  const w = await withApp(t)
  const { pending } = await withPassword(w)
  for (let number = 0; number < 10; number++)
    t.equal((await sendCode(w, pending, '000000', `192.0.2.${number}`)).statusCode, 422)
  const right = codeAt(w.key, w.clock.now)
  const refused = await sendCode(w, pending, right, '198.51.100.7')
  t.equal(refused.statusCode, 429)
  t.match(fieldError(refused.payload, 'code'), 'Wait 15 minutes')
  t.equal((await withPassword(w)).answer.statusCode, 303, 'the password has a limit of its own')
})

t.test('a wrong code turns nothing on', async (t) => {
  const w = await world(t)
  await w.alice.post('/account/totp')
  const before = await w.db.selectFrom('operation').select('id').execute()
  const answer = await w.alice.post('/account/totp/confirmation', { code: '000000' })
  t.equal(answer.statusCode, 422)
  t.match(fieldError(answer.payload, 'code'), 'not right')
  t.same(await w.db.selectFrom('operation').select('id').execute(), before)
  const { answer: signedIn } = await withPassword(w)
  t.ok(cookieOf(signedIn), 'so the password is enough still')
})

t.test('T31: keeps the key of an app sealed, for its row alone', async (t) => {
  const w = await withApp(t)
  const [row] = await w.db.selectFrom('totp').selectAll().execute()
  t.match(row!.secret, /^s1\.[0-9a-f]{8}\./)
  t.notMatch(JSON.stringify(row), w.key.replaceAll(' ', ''))
})

t.test('shows the key of an app until it is confirmed, and not after', async (t) => {
  const w = await world(t)
  await w.alice.post('/account/totp')
  t.match((await w.alice.get('/account/totp')).payload, 'id="totp-key"')
  await setUpTotp(w, w.alice)
  t.equal((await w.alice.get('/account/totp')).headers.location, '/account/security')
  t.equal((await w.alice.post('/account/totp')).statusCode, 409)
})

t.test('setting up ends the sessions that one factor had opened', async (t) => {
  const w = await world(t)
  const other = cookieOf((await withPassword(w)).answer)!
  await setUpTotp(w, w.alice)
  t.equal(
    (await w.anonymous.send({ url: '/account', cookies: { session: other } })).statusCode,
    303,
  )
  t.equal((await w.alice.get('/account')).statusCode, 200)
})

t.test('a recovery code signs in once, however it is written', async (t) => {
  const w = await withApp(t)
  t.equal(w.codes.length, 10)
  t.equal(new Set(w.codes).size, 10)
  const typed = w.codes[3]!.toUpperCase().replaceAll('-', ' ')
  t.equal((await sendCode(w, (await withPassword(w)).pending, typed)).statusCode, 303)
  t.equal((await sendCode(w, (await withPassword(w)).pending, typed)).statusCode, 422)
  t.match(mainText((await w.alice.get('/account/security')).payload), '9 of 10 left')
})

t.test('new recovery codes make the old ones useless, and are kept nowhere', async (t) => {
  const w = await withApp(t)
  const { payload } = await w.alice.post('/account/recovery-codes')
  t.match(payload, 'Older ones are of no use any more.')
  const codes = recoveryCodes(payload)
  t.equal(codes.length, 10)
  t.notMatch((await w.alice.get('/account/security')).payload, codes[0])
  const kept = await w.db.selectFrom('recovery_code').selectAll().execute()
  t.notMatch(JSON.stringify(kept), codes[0]!.replaceAll('-', ''))
  const { pending } = await withPassword(w)
  t.equal((await sendCode(w, pending, w.codes[0]!)).statusCode, 422)
  t.equal((await sendCode(w, pending, codes[0]!)).statusCode, 303)
})

t.test('without the app the password is enough again, and no recovery code is left', async (t) => {
  const w = await withApp(t)
  t.equal((await w.alice.post('/account/totp/removal')).headers.location, '/account/security#totp')
  t.ok(cookieOf((await withPassword(w)).answer))
  t.same(await w.db.selectFrom('recovery_code').selectAll().execute(), [])
})

t.test('asks for a code that could be one', async (t) => {
  const w = await withApp(t)
  const { pending } = await withPassword(w)
  for (const code of ['', ' ', '1'.repeat(65)])
    t.ok(fieldError((await sendCode(w, pending, code)).payload, 'code'), JSON.stringify(code))
  t.same(await w.db.selectFrom('sign_in_failure').selectAll().execute(), [], 'none was a try')
})

t.test('draws a code of dark squares with a light edge', async (t) => {
  const { size, path } = drawQrCode('otpauth://totp/x')
  t.match(path, /^(M\d+ \d+h\d+v1h-\d+z)+$/)
  for (const [, x, y, width] of path.matchAll(/M(\d+) (\d+)h(\d+)/g)) {
    t.ok(Number(x) >= 4 && Number(x) + Number(width) <= size - 4)
    t.ok(Number(y) >= 4 && Number(y) < size - 4)
  }
})
