import t from 'tap'
import { claimTry, networkOf } from '../../src/access/throttle.ts'
import { ALICE_PASSWORD, type World, world } from '../support/world.ts'

const EMAIL = 'alice@northwind.example'

type Guess = { email?: string; password?: string; from?: string; device?: string }

const guess = ({ anonymous }: World, { email = EMAIL, password = 'x', from, device }: Guess) =>
  anonymous.send({
    method: 'POST',
    url: '/sign-in',
    remoteAddress: from ?? '198.51.100.7',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    cookies: device ? { device } : {},
    payload: new URLSearchParams({ email, password }).toString(),
  })

const ten = Array.from({ length: 10 }, (_, number) => number)

/** Ten failures, without the time that it takes to hash ten passwords. */
async function fail({ db }: World, account_key: (number: number) => string, address: string) {
  for (const number of ten) await claimTry(db, { account_key: account_key(number), address })
}

t.test('T34: after ten wrong passwords even the right one has to wait', async (t) => {
  const w = await world(t)
  for (const _ of ten) t.equal((await guess(w, {})).statusCode, 422)
  const refused = await guess(w, { password: ALICE_PASSWORD, from: '203.0.113.9' })
  t.equal(refused.statusCode, 429)
  t.equal(refused.headers['retry-after'], '900')
  t.match(refused.payload, 'Wait 15 minutes')
  w.clock.now = '2026-11-24T09:15:00.000Z'
  t.equal((await guess(w, { password: ALICE_PASSWORD })).statusCode, 303)
})

t.test('T34: guesses at the same moment are no way around', async (t) => {
  const w = await world(t)
  const answers = await Promise.all(Array.from({ length: 40 }, () => guess(w, {})))
  t.equal(answers.filter(({ statusCode }) => statusCode === 422).length, 10)
  t.equal(answers.filter(({ statusCode }) => statusCode === 429).length, 30)
})

t.test('T34: ten wrong tries from one address are all that it has, for any account', async (t) => {
  const w = await world(t)
  await fail(w, (number) => `person${number}@x.example`, '198.51.100.7')
  t.equal((await guess(w, { password: ALICE_PASSWORD })).statusCode, 429)
  t.equal((await guess(w, { password: ALICE_PASSWORD, from: '203.0.113.9' })).statusCode, 303)
})

t.test('T34: an account that does not exist is counted like any other', async (t) => {
  const w = await world(t)
  await fail(w, () => 'nobody@x.example', '192.0.2.1')
  t.equal((await guess(w, { email: 'Nobody@x.example', from: '192.0.2.99' })).statusCode, 429)
})

t.test('T34: strangers who guess cannot keep the owner out of a known browser', async (t) => {
  const w = await world(t)
  const first = await guess(w, { password: ALICE_PASSWORD })
  const device = first.cookies.find(({ name }) => name === 'device')!.value
  await fail(w, () => EMAIL, '198.51.100.7')
  t.equal((await guess(w, { password: ALICE_PASSWORD })).statusCode, 429)
  t.equal((await guess(w, { password: ALICE_PASSWORD, device })).statusCode, 303)
})

t.test('T34: a known browser has ten tries too, and none more for other accounts', async (t) => {
  const w = await world(t)
  const first = await guess(w, { password: ALICE_PASSWORD })
  const device = first.cookies.find(({ name }) => name === 'device')!.value
  for (const _ of ten) t.equal((await guess(w, { device })).statusCode, 422)
  t.equal((await guess(w, { password: ALICE_PASSWORD, device })).statusCode, 429)
  await fail(w, () => 'nobody@x.example', '198.51.100.7')
  t.equal((await guess(w, { email: 'nobody@x.example', device })).statusCode, 429)
})

t.test('T34: nobody uses up the tries of a known browser by its name', async (t) => {
  const w = await world(t)
  t.equal((await guess(w, { email: 'device 1' })).statusCode, 422)
  t.same(await w.db.selectFrom('sign_in_failure').selectAll().execute(), [])
})

t.test('signing in is no failure, and clears none of those before', async (t) => {
  const w = await world(t)
  for (const _ of ten.slice(1)) await claimTry(w.db, { account_key: EMAIL, address: '192.0.2.1' })
  t.equal((await guess(w, { password: ALICE_PASSWORD })).statusCode, 303)
  t.equal((await guess(w, { password: ALICE_PASSWORD })).statusCode, 303)
  await guess(w, {})
  t.equal((await guess(w, { password: ALICE_PASSWORD })).statusCode, 429)
})

t.test(
  'T34: of 10,000 guesses at one account from 1,000 addresses ten are let through',
  async (t) => {
    const { db } = await world(t)
    let let_through = 0
    for (let number = 0; number < 10_000; number++) {
      const claim = await claimTry(db, { account_key: EMAIL, address: `address ${number % 1000}` })
      if ('id' in claim) let_through++
    }
    t.equal(let_through, 10)
  },
)

t.test(
  'T34: of 10,000 guesses from one address at 1,000 accounts ten are let through',
  async (t) => {
    const { db } = await world(t)
    let let_through = 0
    for (let number = 0; number < 10_000; number++) {
      const claim = await claimTry(db, {
        account_key: `person ${number % 1000}`,
        address: '192.0.2.1',
      })
      if ('id' in claim) let_through++
    }
    t.equal(let_through, 10)
  },
)

t.test('forgets failures that count no more', async (t) => {
  const w = await world(t)
  await guess(w, {})
  w.clock.now = '2026-11-24T10:00:00.000Z'
  await guess(w, {})
  t.equal((await w.db.selectFrom('sign_in_failure').selectAll().execute()).length, 1)
})

t.test('the addresses of one IPv6 network count as one', async (t) => {
  t.equal(networkOf('2001:db8:0:1::5'), networkOf('2001:0DB8::1:aaaa:bbbb:cccc:dddd'))
  t.not(networkOf('2001:db8:0:1::5'), networkOf('2001:db8:0:2::5'))
  t.equal(networkOf('::1'), '0:0:0:0::/64')
  t.equal(networkOf('fe80::1%eth0'), 'fe80:0:0:0::/64')
  t.equal(networkOf('::ffff:192.0.2.7'), '192.0.2.7')
  t.equal(networkOf('192.0.2.7'), '192.0.2.7')
})
