import t from 'tap'
import { everyTenant } from '../../../src/db/scope-guard.ts'
import { ACME, RIVAL, type World } from '../../support/world.ts'
import { addProvider, cookiesOf, link, pathOf, worldWithProvider } from './cast.ts'

/** Invites a user at Acme; returns the path of the link. */
async function invite({ api }: World, email = 'zoe@acme.example') {
  const { id } = (
    await api.post('/people', { name: 'Zoe', email, tenant_id: ACME, role_id: 3 })
  ).json()
  const { link } = (await api.post(`/people/${id}/invitations`)).json()
  return { id, path: new URL(link).pathname }
}

/** Goes to a provider from the page of an invitation; `end` comes back in the same browser. */
async function leave({ anonymous }: World, path: string, slug = 'northwind') {
  const answer = await anonymous.post(`${path}/with/${slug}`)
  const href = /http-equiv="refresh" content="0;url=([^"]+)"/.exec(answer.payload)?.[1] ?? ''
  const cookie = cookiesOf(answer)
  return {
    answer,
    href: href.replaceAll('&amp;', '&'),
    end: (back: string) => anonymous.send({ url: pathOf(back), headers: { cookie } }),
  }
}

t.test('an invited person becomes a user with an account at a provider', async (t) => {
  const w = await worldWithProvider(t)
  const { path } = await invite(w)
  t.match((await w.anonymous.get(path)).payload, 'Continue with northwind id')
  const { answer, href, end } = await leave(w, path)
  t.equal(answer.headers['referrer-policy'], 'no-referrer')
  const back = await end(await w.idp.client()(href, 'zoe-at-idp'))
  t.equal(back.headers.location, '/tenants')
  const page = await w.anonymous.send({ url: '/account', headers: { cookie: cookiesOf(back) } })
  t.match(page.payload, 'zoe@acme.example')
  t.equal((await w.anonymous.get(path)).statusCode, 410)
  const again = await w.anonymous.get('/sign-in/with/northwind')
  const signed = await w.idp.client()(String(again.headers.location), 'zoe-at-idp')
  const headers = { cookie: cookiesOf(again) }
  t.equal((await w.anonymous.send({ url: pathOf(signed), headers })).headers.location, '/tenants')
})

t.test(
  'T33: offers, and takes, only providers that are for the tenant of the invited',
  async (t) => {
    const w = await worldWithProvider(t)
    await addProvider(w, { slug: 'acme', issuer: w.idp.issuer, tenant_id: ACME })
    await addProvider(w, { slug: 'rival', issuer: w.idp.issuer, tenant_id: RIVAL })
    const { path } = await invite(w)
    const { payload } = await w.anonymous.get(path)
    t.match(payload, 'Continue with acme id')
    t.notMatch(payload, 'rival id')
    t.equal((await leave(w, path, 'rival')).answer.statusCode, 404)
  },
)

t.test(
  'T33: an account that is somebody’s is not linked again, and the link stays good',
  async (t) => {
    const w = await worldWithProvider(t)
    await link(w, w.provider, 'alice-at-idp')
    const { path } = await invite(w)
    const { href, end } = await leave(w, path)
    const refused = await end(await w.idp.client()(href, 'alice-at-idp'))
    t.equal(refused.statusCode, 422)
    t.match(refused.payload, 'is linked already')
    t.equal((await w.anonymous.get(path)).statusCode, 200)
  },
)

t.test('T33: what is withdrawn while somebody is away lets nobody in', async (t) => {
  const w = await worldWithProvider(t)
  const { id, path } = await invite(w)
  const { href, end } = await leave(w, path)
  const back = await w.idp.client()(href, 'zoe-at-idp')
  await w.api.patch(`/people/${id}`, { role_id: null })
  t.equal((await end(back)).statusCode, 410)
  t.same(await everyTenant(w.db).selectFrom('identity').selectAll().execute(), [])
})

t.test('whoever is invited again and has linked the account already comes in, too', async (t) => {
  const w = await worldWithProvider(t)
  const { id, path } = await invite(w)
  const first = await leave(w, path)
  await first.end(await w.idp.client()(first.href, 'zoe-at-idp'))
  const { link } = (await w.api.post(`/people/${id}/invitations`)).json()
  const { href, end } = await leave(w, new URL(link).pathname)
  t.equal((await end(await w.idp.client()(href, 'zoe-at-idp'))).statusCode, 303)
  t.equal((await everyTenant(w.db).selectFrom('identity').selectAll().execute()).length, 1)
})

t.test(
  'T31: what is kept while somebody is away does not hold the secret of the link',
  async (t) => {
    const w = await worldWithProvider(t)
    const { path } = await invite(w)
    await leave(w, path)
    const kept = await w.db.selectFrom('oidc_attempt').selectAll().execute()
    t.equal(kept.length, 1)
    t.notMatch(JSON.stringify(kept), path.split('/').pop())
  },
)
