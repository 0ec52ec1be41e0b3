import t from 'tap'
import { hashSecret } from '../../../src/access/secrets.ts'
import { operation } from '../../../src/db/operation.ts'
import { everyTenant, everyTenantTx } from '../../../src/db/scope-guard.ts'
import { addCast } from '../../support/cast.ts'
import { mainText } from '../../support/html.ts'
import { ACME, type World } from '../../support/world.ts'
import { LEADS_AWAY } from '../../web/leads-away.ts'
import { addProvider, begin, cookiesOf, link, worldWithProvider } from './cast.ts'

const sessions = ({ db }: World) => db.selectFrom('session').select('id').execute()

t.test('signs in whom the linked account belongs to, and goes on to where they were', async (t) => {
  const w = await worldWithProvider(t)
  await link(w, w.provider, 'alice-at-idp')
  const { href, end } = await begin(w, 'northwind', '?next=/account')
  const answer = await end(await w.idp.client()(href, 'alice-at-idp'))
  t.equal(answer.statusCode, 303)
  t.equal(answer.headers.location, '/account')
  const page = await w.anonymous.send({ url: '/account', headers: { cookie: cookiesOf(answer) } })
  t.match(page.payload, 'alice@northwind.example')
})

t.test('asks with code, PKCE, state and nonce, and for no more than who it is', async (t) => {
  const { href, answer } = await begin(await worldWithProvider(t))
  const asked = Object.fromEntries(new URL(href).searchParams)
  t.match(asked, { response_type: 'code', scope: 'openid', code_challenge_method: 'S256' })
  for (const name of ['state', 'nonce', 'code_challenge']) t.equal(asked[name]!.length, 43, name)
  t.match(answer.cookies, [{ name: 'oidc', httpOnly: true, sameSite: 'Lax', maxAge: 600 }])
})

t.test('T33: admits nobody by an e-mail address, and makes no account', async (t) => {
  const w = await worldWithProvider(t)
  const { href, end } = await begin(w)
  const before = await sessions(w)
  const answer = await end(await w.idp.client()(href, 'somebody-who-says-alice@northwind.example'))
  t.equal(answer.statusCode, 422)
  t.match(mainText(answer.payload), 'Nobody here is linked with this account')
  t.notMatch(answer.payload, 'Alice')
  t.same(await sessions(w), before)
  t.same(await everyTenant(w.db).selectFrom('identity').selectAll().execute(), [])
})

t.test(
  'T33: says the same of an unknown account and of one whose owner may not sign in',
  async (t) => {
    const w = await worldWithProvider(t)
    const { bob } = await addCast(w)
    await link(w, w.provider, 'bob-at-idp', { person_id: bob.person_id, tenant_id: ACME })
    const answers = []
    for (const account of ['nobody', 'bob-at-idp']) {
      const { href, end } = await begin(w)
      const back = await w.idp.client()(href, account)
      if (account === 'bob-at-idp') await deactivate(w, bob.person_id)
      answers.push((await end(back)).payload)
    }
    t.equal(answers[0], answers[1])
  },
)

t.test('T33: a provider of one tenant vouches for nobody of another', async (t) => {
  const w = await worldWithProvider(t)
  const { bob } = await addCast(w)
  const acme = await addProvider(w, { slug: 'acme', issuer: w.idp.issuer, tenant_id: ACME })
  await link(w, acme, 'bob-at-idp', { person_id: bob.person_id, tenant_id: ACME })
  await t.rejects(link(w, acme, 'alice-at-idp'), /not for people of your tenant/)
  const first = await begin(w, 'acme')
  t.equal((await first.end(await w.idp.client()(first.href, 'bob-at-idp'))).statusCode, 303)
  const { href, end } = await begin(w, 'northwind')
  t.equal((await end(await w.idp.client()(href, 'bob-at-idp'))).statusCode, 422)
})

t.test('T10: a provider that becomes another tenant’s vouches no longer, at once', async (t) => {
  const w = await worldWithProvider(t)
  await link(w, w.provider, 'alice-at-idp')
  const first = await begin(w)
  t.equal((await first.end(await w.idp.client()(first.href, 'alice-at-idp'))).statusCode, 303)
  const { name, slug, issuer, client_id } = w.provider
  const moved = { name, slug, issuer, client_id, tenant: 'Acme', client_secret: '', version: '1' }
  t.equal((await w.alice.post('/single-sign-on/1/edit', moved)).statusCode, 303)
  const { href, end } = await begin(w)
  t.equal((await end(await w.idp.client()(href, 'alice-at-idp'))).statusCode, 422)
})

t.test('T33: a state serves once, and only in the browser that began', async (t) => {
  const w = await worldWithProvider(t)
  await link(w, w.provider, 'alice-at-idp')
  const { href, end } = await begin(w)
  const back = await w.idp.client()(href, 'alice-at-idp')
  const other = await begin(w)
  for (const cookie of ['', other.cookie, 'oidc=', `oidc=${'A'.repeat(43)}`])
    t.equal((await end(back, { cookie })).statusCode, 422, cookie)
  t.equal((await end(back)).statusCode, 303)
  const again = await end(back)
  t.equal(again.statusCode, 422)
  t.same(
    again.cookies.filter(({ name }) => name === 'session'),
    [],
  )
})

t.test('T33: a state that is altered, missing or doubled ends nothing', async (t) => {
  const w = await worldWithProvider(t)
  await link(w, w.provider, 'alice-at-idp')
  const { href, end } = await begin(w)
  const back = await w.idp.client()(href, 'alice-at-idp')
  const state = new URL(back).searchParams.get('state')!
  for (const altered of ['x', `${state}x`, '', `${state}&state=${state}`, `x&state=${state}`])
    t.equal((await end(back.replace(state, altered))).statusCode, 422, altered)
  t.equal((await end(back.replace(/state=[^&]*/, 'x=1'))).statusCode, 422)
  t.equal((await end(back)).statusCode, 303, 'none of it used up the real one')
})

t.test('T33: an altered nonce, code, challenge or issuer proves nothing', async (t) => {
  const w = await worldWithProvider(t)
  await link(w, w.provider, 'alice-at-idp')
  const alter = (name: string, value: string) => (address: string) => {
    const url = new URL(address)
    url.searchParams.set(name, value)
    return url.href
  }
  const same = (address: string) => address
  const attacks = [
    [alter('nonce', 'n'.repeat(43)), same],
    [alter('code_challenge', 'c'.repeat(43)), same],
    [same, alter('code', 'c'.repeat(43))],
    [same, alter('iss', 'https://other.example')],
    [same, alter('error', 'access_denied')],
  ] as const
  for (const [there, back] of attacks) {
    const { href, end } = await begin(w)
    const answer = await end(back(await w.idp.client()(there(href), 'alice-at-idp')))
    t.equal(answer.statusCode, 422)
    t.same(
      answer.cookies.filter(({ name }) => name === 'session'),
      [],
    )
  }
})

t.test('T33: too late is too late', async (t) => {
  const w = await worldWithProvider(t)
  await link(w, w.provider, 'alice-at-idp')
  const { href, end } = await begin(w)
  const back = await w.idp.client()(href, 'alice-at-idp')
  w.clock.now = '2026-11-24T09:10:00.000Z'
  t.equal((await end(back)).statusCode, 422)
})

t.test('a provider that is disabled meanwhile admits nobody', async (t) => {
  const w = await worldWithProvider(t)
  await link(w, w.provider, 'alice-at-idp')
  const { href, end } = await begin(w)
  const back = await w.idp.client()(href, 'alice-at-idp')
  await w.alice.post(`/single-sign-on/${w.provider.id}/disabling`)
  t.equal((await end(back)).statusCode, 422)
  t.equal((await begin(w)).answer.statusCode, 404)
  t.notMatch((await w.anonymous.get('/sign-in')).payload, 'Continue with')
})

t.test('T6: the sign-in page names the providers for everybody, and no tenant', async (t) => {
  const w = await worldWithProvider(t)
  await addProvider(w, { slug: 'acme', issuer: w.idp.issuer, tenant_id: ACME })
  const { payload } = await w.anonymous.get('/sign-in?next=/account')
  t.match(payload, 'href="/sign-in/with/northwind?next=%2Faccount">Continue with northwind id')
  t.notMatch(payload, 'acme')
})

t.test('T13: goes nowhere else after signing in, whatever next says', async (t) => {
  const w = await worldWithProvider(t)
  await link(w, w.provider, 'alice-at-idp')
  for (const next of LEADS_AWAY) {
    const query = `?next=${encodeURIComponent(next)}`
    await w.anonymous.get(`/sign-in/with/northwind${query}`)
    const signed_in = await w.alice.get(`/sign-in/with/northwind${query}`)
    t.equal(signed_in.headers.location, '/tenants', JSON.stringify(next))
  }
  const kept = await w.db.selectFrom('oidc_attempt').select('next').distinct().execute()
  t.same(kept, [{ next: '/tenants' }])
})

t.test('T31: what the database keeps of an attempt finishes none', async (t) => {
  const w = await worldWithProvider(t)
  const { href, cookie } = await begin(w)
  const rows = JSON.stringify(await w.db.selectFrom('oidc_attempt').selectAll().execute())
  const asked = new URL(href).searchParams
  const secret = cookie.replace('oidc=', '')
  for (const value of [secret, asked.get('state')!, asked.get('nonce')!]) t.notMatch(rows, value)
  t.match(rows, hashSecret(secret))
})

t.test('T35: takes no end of attempts from one network', async (t) => {
  const w = await worldWithProvider(t)
  for (let attempt = 0; attempt < 100; attempt++) await begin(w)
  t.equal((await begin(w)).answer.statusCode, 503)
  w.clock.now = '2026-11-24T09:10:00.000Z'
  t.equal((await begin(w)).answer.statusCode, 303)
})

async function deactivate({ db, actor }: World, id: number) {
  await operation(db, actor, 'test.deactivate', (tx) =>
    everyTenantTx(tx).updateTable('person').set({ active: 0 }).where('id', '=', id).execute(),
  )
}
