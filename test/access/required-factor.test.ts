import t from 'tap'
import { operation, system } from '../../src/db/operation.ts'
import { removeFactors } from '../../src/access/factors.ts'
import { openSession } from '../../src/access/sessions.ts'
import { addCast, addUser, anyTenant, roles } from '../support/cast.ts'
import { addPasskey, secondsAfter, setUpTotp } from '../support/factors.ts'
import { mainText } from '../support/html.ts'
import { ACME, NORTHWIND, START, type World, browser, world } from '../support/world.ts'

const DAY = 24 * 60 * 60
const NOTICE = 'needs a second factor'

/** Moves the clock, and signs somebody in again: a session lives for a day at most. */
async function later(w: World, person_id: number, days: number) {
  w.clock.now = secondsAfter(START, days * DAY)
  const session = await system(w.db, (tx) => openSession(tx, w.clock.now, person_id, 'tests'))
  return browser(w.app, session)
}

t.test('says on each page how many days there are to set up a second factor', async (t) => {
  const w = await world(t)
  t.match(mainText((await w.alice.get('/tenants')).payload), `${NOTICE} within 14 days`)
  const soon = await later(w, w.actor.person_id, 12.5)
  t.match(mainText((await soon.get('/tenants')).payload), `${NOTICE} within 2 days`)
  const last = await later(w, w.actor.person_id, 13.5)
  t.match(mainText((await last.get('/history/1')).payload), `${NOTICE} by tomorrow`)
})

t.test('opens after that only the pages on which one sets it up, and signs out', async (t) => {
  const w = await world(t)
  await w.alice.get('/tenants')
  const alice = await later(w, w.actor.person_id, 14)
  for (const address of ['/tenants', '/account', '/account/tokens', '/history/1'])
    t.equal((await alice.get(address)).headers.location, '/account/security?required', address)
  t.equal((await alice.post('/tenants', {})).headers.location, '/account/security?required')
  const page = await alice.get('/account/security?required')
  t.match(mainText(page.payload), 'Set up a second factor to go on')
  for (const address of ['/account/passkeys/new', '/verify'])
    t.equal((await alice.get(address)).statusCode, 200, address)
  await addPasskey(alice)
  t.equal((await alice.get('/tenants')).statusCode, 200)
  t.equal((await alice.post('/sign-out')).statusCode, 303)
})

t.test('an authenticator app is a second factor too, until it is removed', async (t) => {
  const w = await world(t)
  t.match((await w.alice.get('/tenants')).payload, NOTICE)
  await setUpTotp(w, w.alice)
  t.notMatch((await w.alice.get('/tenants')).payload, NOTICE)
  const alice = await later(w, w.actor.person_id, 20)
  t.equal((await alice.get('/tenants')).statusCode, 200)
  await alice.post('/account/totp/removal')
  t.equal(
    (await alice.get('/tenants')).headers.location,
    '/account/security?required',
    'the days do not begin anew',
  )
})

t.test('asks it of whom a role asks, and of who has rights on All tenants', async (t) => {
  const w = await world(t)
  const isAsked = async (tenant_id: number, name: string, role: keyof typeof roles) => {
    const user = await addUser(w, tenant_id, name, role)
    return (await user.browser.get('/tenants')).payload.includes(NOTICE)
  }
  t.equal(await isAsked(NORTHWIND, 'Vera', 'viewer'), true)
  t.equal(await isAsked(ACME, 'Adam', 'administrator'), true)
  t.equal(await isAsked(ACME, 'Bob', 'technician'), false)
})

t.test('asks it of who was assigned such a role, or one on All tenants', async (t) => {
  const w = await world(t)
  for (const [name, role, tenant_id, effect, expected] of [
    ['Ann', 'viewer', 1, 'allow', true],
    ['Ben', 'administrator', ACME, 'allow', true],
    ['Cat', 'administrator', ACME, 'deny', false],
    ['Dan', 'viewer', ACME, 'allow', false],
  ] as const) {
    const user = await addUser(w, ACME, name, 'viewer')
    await operation(w.db, w.actor, 'test.assign', (tx) =>
      tx
        .insertInto('role_assignment')
        .values({
          tenant_id: anyTenant(tenant_id),
          person_id: user.person_id,
          role_id: roles[role],
          effect,
          operation_id: tx.operation.id,
        })
        .execute(),
    )
    t.equal((await user.browser.get('/tenants')).payload.includes(NOTICE), expected, name)
  }
})

t.test('whoever had all factors taken away has to set one up at once', async (t) => {
  const w = await world(t)
  const { person_id } = w.actor
  await setUpTotp(w, w.alice)
  await addPasskey(w.alice)
  await operation(w.db, w.actor, 'factors.remove', (tx) =>
    removeFactors(tx, w.clock.now, person_id),
  )
  t.equal((await w.alice.get('/tenants')).statusCode, 303, 'the session is over')
  for (const table of ['passkey', 'totp', 'recovery_code'] as const)
    t.same(await w.db.selectFrom(table).selectAll().execute(), [], table)
  const again = await later(w, person_id, 0)
  t.equal((await again.get('/tenants')).headers.location, '/account/security?required')
})

t.test('T33: refuses the tokens of who is late with it, and says why', async (t) => {
  const w = await world(t)
  const { vera, bob } = await addCast(w)
  const list = ({ api }: Pick<World, 'api'>) => api.get('/tenants')
  await vera.browser.get('/tenants')
  const late = await later(w, vera.person_id, 14)
  const refused = await list(vera)
  t.equal(refused.statusCode, 403)
  t.match(refused.json().detail, 'has to set up a second factor')
  t.equal((await list(bob)).statusCode, 200, 'of whom none is asked')
  t.equal((await list(w)).statusCode, 200, 'of whom none was asked yet')
  await addPasskey(late)
  t.equal((await list(vera)).statusCode, 200)
})
