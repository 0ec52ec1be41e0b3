import t from 'tap'
import { system } from '../../../src/db/operation.ts'
import { mainText } from '../../support/html.ts'
import { ACME, type World, browser } from '../../support/world.ts'
import { addCast } from '../../support/cast.ts'
import { LEADS_AWAY } from '../../web/leads-away.ts'
import { addProvider, cookiesOf, link, pathOf, worldWithProvider } from './cast.ts'
import { everyTenant } from '../../../src/db/scope-guard.ts'

const LATER = '2026-11-24T09:16:00.000Z'

const identities = ({ db }: World) =>
  everyTenant(db).selectFrom('identity').select(['person_id', 'subject']).execute()

/** Has Alice begin to link an account; `end` comes back with what the provider said. */
async function beginLink(w: Awaited<ReturnType<typeof worldWithProvider>>) {
  const page = await w.alice.post(`/account/single-sign-on/${w.provider.id}/link`)
  const href = /<a class="btn" href="([^"]+)"/.exec(page.payload)![1]!.replaceAll('&amp;', '&')
  return {
    page,
    href,
    end: (back: string, session = w.session) =>
      w.anonymous.send({
        url: pathOf(back),
        headers: { cookie: `session=${session}; ${cookiesOf(page)}` },
      }),
  }
}

t.test('links an account, with which one can sign in from then on', async (t) => {
  const w = await worldWithProvider(t)
  t.match(mainText((await w.alice.get('/account/single-sign-on')).payload), 'Link northwind id')
  const { page, href, end } = await beginLink(w)
  t.match(page.payload, `http-equiv="refresh" content="0;url=${w.idp.issuer}/auth?`)
  const answer = await end(await w.idp.client()(href, 'alice-at-idp'))
  t.equal(answer.headers.location, '/account/single-sign-on')
  t.same(await identities(w), [{ person_id: w.actor.person_id, subject: 'alice-at-idp' }])
  const after = mainText((await w.alice.get('/account/single-sign-on')).payload)
  t.match(after, 'northwind id Linked')
  t.notMatch(after, 'Link northwind id')
})

t.test('T33: links nothing for who has not shown lately who they are', async (t) => {
  const w = await worldWithProvider(t)
  w.clock.now = '2026-11-24T09:50:00.000Z'
  const answer = await w.alice.post(`/account/single-sign-on/${w.provider.id}/link`)
  t.equal(answer.statusCode, 303)
  t.match(answer.headers.location, /^\/verify\?next=/)
  t.same(await w.db.selectFrom('oidc_attempt').select('id').execute(), [])
})

t.test('T33: prehijack: what one browser began is linked with nobody else', async (t) => {
  const w = await worldWithProvider(t)
  const { vera } = await addCast(w)
  const { href, end } = await beginLink(w)
  const back = await w.idp.client()(href, 'attacker-at-idp')
  t.equal((await end(back, vera.session)).statusCode, 422)
  t.same(await identities(w), [])
})

t.test('T33: an account that is somebody’s is not made another’s', async (t) => {
  const w = await worldWithProvider(t)
  const { vera } = await addCast(w)
  await link(w, w.provider, 'shared', { person_id: vera.person_id, tenant_id: w.actor.tenant_id })
  const { href, end } = await beginLink(w)
  const answer = await end(await w.idp.client()(href, 'shared'))
  t.equal(answer.statusCode, 422)
  t.match(mainText(answer.payload), 'is linked already')
  t.same(await identities(w), [{ person_id: vera.person_id, subject: 'shared' }])
})

t.test('T33: who is sent away to sign in comes back to no link', async (t) => {
  const w = await worldWithProvider(t)
  const { href, end } = await beginLink(w)
  const back = await w.idp.client()(href, 'alice-at-idp')
  await w.alice.post('/sign-out')
  t.equal((await end(back)).statusCode, 422)
  t.same(await identities(w), [])
})

t.test('T5: a provider of another tenant is not there to be linked', async (t) => {
  const w = await worldWithProvider(t)
  const { bob } = await addCast(w)
  const acme = await addProvider(w, { slug: 'acme', issuer: w.idp.issuer, tenant_id: ACME })
  t.match(mainText((await bob.browser.get('/account/single-sign-on')).payload), 'Link acme id')
  t.notMatch((await w.alice.get('/account/single-sign-on')).payload, 'acme')
  t.equal((await w.alice.post(`/account/single-sign-on/${acme.id}/link`)).statusCode, 404)
  t.equal((await w.alice.get(`/verify/with/${acme.id}`)).statusCode, 404)
})

t.test('removes a link of one’s own, and nobody else’s', async (t) => {
  const w = await worldWithProvider(t)
  const { vera } = await addCast(w)
  await link(w, w.provider, 'alice-at-idp')
  const { id } = await everyTenant(w.db)
    .selectFrom('identity')
    .select('id')
    .executeTakeFirstOrThrow()
  const address = `/account/single-sign-on/${id}/removal`
  t.equal((await vera.browser.post(address)).statusCode, 404)
  t.equal((await identities(w)).length, 1)
  t.equal((await w.alice.post(address)).statusCode, 303)
  t.same(await identities(w), [])
})

t.test('keeps the last way to sign in', async (t) => {
  const w = await worldWithProvider(t)
  await link(w, w.provider, 'alice-at-idp')
  await system(w.db, (tx) => tx.updateTable('user_account').set({ password_hash: null }).execute())
  const { id } = await everyTenant(w.db)
    .selectFrom('identity')
    .select('id')
    .executeTakeFirstOrThrow()
  t.equal((await w.alice.post(`/account/single-sign-on/${id}/removal`)).statusCode, 409)
  t.equal((await identities(w)).length, 1)
})

/** Has Alice go to the provider to show who she is, as `account`. */
async function verifyAs(w: Awaited<ReturnType<typeof worldWithProvider>>, account: string) {
  const there = await w.alice.get(`/verify/with/${w.provider.id}?next=/account/tokens`)
  const back = await w.idp.client()(String(there.headers.location), account)
  return w.anonymous.send({
    url: pathOf(back),
    headers: { cookie: `session=${w.session}; ${cookiesOf(there)}` },
  })
}

t.test(
  'shows by a provider once more who one is, and gives the session a new secret',
  async (t) => {
    const w = await worldWithProvider(t)
    await link(w, w.provider, 'alice-at-idp')
    w.clock.now = LATER
    const asked = await w.alice.get('/verify?next=/account/tokens')
    t.match(asked.payload, `href="/verify/with/${w.provider.id}?next=%2Faccount%2Ftokens"`)
    const answer = await verifyAs(w, 'alice-at-idp')
    t.equal(answer.headers.location, '/account/tokens')
    t.equal((await w.alice.get('/account')).statusCode, 303, 'the old secret is worth nothing')
    const renewed = browser(w.app, answer.cookies.find(({ name }) => name === 'session')!.value)
    t.equal((await renewed.get('/single-sign-on/new')).statusCode, 200)
  },
)

t.test('T33: has the provider ask anew, and takes no proof of before', async (t) => {
  const w = await worldWithProvider(t)
  await link(w, w.provider, 'alice-at-idp')
  const there = await w.alice.get(`/verify/with/${w.provider.id}`)
  const asked = new URL(String(there.headers.location))
  t.match(Object.fromEntries(asked.searchParams), { prompt: 'login', max_age: '0' })
})

t.test('T33: an account that is not one’s own proves nothing', async (t) => {
  const w = await worldWithProvider(t)
  const { vera } = await addCast(w)
  await link(w, w.provider, 'alice-at-idp')
  await link(w, w.provider, 'vera', { person_id: vera.person_id, tenant_id: w.actor.tenant_id })
  w.clock.now = LATER
  for (const account of ['vera', 'nobody'])
    t.equal((await verifyAs(w, account)).statusCode, 422, account)
  t.match((await w.alice.get('/single-sign-on/new')).headers.location, '/verify')
})

t.test('T33: a provider that vouches for one factor proves nothing of who has two', async (t) => {
  const w = await worldWithProvider(t)
  await link(w, w.provider, 'alice-at-idp')
  await system(w.db, (tx) => tx.updateTable('user_account').set({ has_second_factor: 1 }).execute())
  w.clock.now = LATER
  t.match(mainText((await verifyAs(w, 'alice-at-idp')).payload), 'You have a second factor here')
  t.match((await w.alice.get('/single-sign-on/new')).headers.location, '/verify')
})

t.test('T13: goes nowhere else after that, whatever next says', async (t) => {
  const w = await worldWithProvider(t)
  for (const next of LEADS_AWAY)
    await w.alice.get(`/verify/with/${w.provider.id}?next=${encodeURIComponent(next)}`)
  const kept = await w.db.selectFrom('oidc_attempt').select('next').distinct().execute()
  t.same(kept, [{ next: '/account/single-sign-on' }])
})

t.test('T33: who was signed in at the provider all along has shown nothing just now', async (t) => {
  const w = await worldWithProvider(t)
  await link(w, w.provider, 'alice-at-idp')
  const client = w.idp.client()
  w.clock.now = new Date(Date.now() + 3_600_000).toISOString()
  const there = await w.anonymous.get('/sign-in/with/northwind')
  const back = await client(String(there.headers.location), 'alice-at-idp')
  const answer = await w.anonymous.send({
    url: pathOf(back),
    headers: { cookie: cookiesOf(there) },
  })
  const alice = browser(w.app, answer.cookies.find(({ name }) => name === 'session')!.value)
  t.equal((await alice.get('/account')).statusCode, 200)
  t.match((await alice.get('/single-sign-on/new')).headers.location, '/verify')
})
