import t, { type Test } from 'tap'
import { forgingProvider } from '../../support/forging-provider.ts'
import { setUpTotp } from '../../support/factors.ts'
import { world } from '../../support/world.ts'
import { addProvider, begin, cookiesOf, link, pathOf } from './cast.ts'

/** Alice with an authenticator app, and a provider that says of her sign-in what it is told to. */
async function worldWithTwoFactors(t: Test, vouches_for_two_factors: number) {
  const w = await world(t, { app: { allow_private_issuers: true } })
  const idp = await forgingProvider(t, 'alice')
  const provider = await addProvider(w, { issuer: idp.issuer, vouches_for_two_factors })
  await link(w, provider, 'alice')
  await setUpTotp(w, w.alice)
  return { ...w, idp }
}

async function signIn(w: Awaited<ReturnType<typeof worldWithTwoFactors>>) {
  const { href, end } = await begin(w, 'northwind', '?next=/account')
  const { headers, cookies } = await end(w.idp.visit(href))
  const names = cookies.filter(({ value }) => value !== '').map(({ name }) => name)
  return { location: headers.location, is_in: names.includes('session') }
}

t.test('T33: asks whoever has a second factor here for it after the provider', async (t) => {
  const w = await worldWithTwoFactors(t, 0)
  const second_step = '/sign-in/second-step?next=%2Faccount'
  t.same(await signIn(w), { location: second_step, is_in: false })
  for (const amr of [['pwd'], 'mfa', ['MFA'], [['mfa']]]) {
    w.idp.forge.claims = { amr }
    t.same(await signIn(w), { location: second_step, is_in: false }, JSON.stringify(amr))
  }
})

t.test('asks for no more when the provider says that there were two', async (t) => {
  const w = await worldWithTwoFactors(t, 0)
  w.idp.forge.claims = { amr: ['pwd', 'mfa'] }
  t.same(await signIn(w), { location: '/account', is_in: true })
})

t.test('asks for no more when an administrator has said so of the provider', async (t) => {
  const w = await worldWithTwoFactors(t, 1)
  t.same(await signIn(w), { location: '/account', is_in: true })
})

t.test('T33: a proof of before, or of no time, is none', async (t) => {
  const w = await world(t, { app: { allow_private_issuers: true } })
  const idp = await forgingProvider(t, 'alice')
  const provider = await addProvider(w, { issuer: idp.issuer })
  await link(w, provider, 'alice')
  const now = Math.floor(Date.now() / 1000)
  const verify = async (auth_time: unknown) => {
    idp.forge.claims = { auth_time }
    const there = await w.alice.get(`/verify/with/${provider.id}`)
    const cookie = `session=${w.session}; ${cookiesOf(there)}`
    const url = pathOf(idp.visit(String(there.headers.location)))
    return (await w.anonymous.send({ url, headers: { cookie } })).statusCode
  }
  for (const auth_time of [now - 600, undefined, 0, 'now', null])
    t.equal(await verify(auth_time), 422, String(auth_time))
  t.equal(await verify(now), 303)
})
