import t, { type Test } from 'tap'
import { discover } from '../../../src/access/oidc/client.ts'
import { isOfDirectory, Issuer, sameIssuer } from '../../../src/access/oidc/issuer.ts'
import { type Forgery, forgingProvider } from '../../support/forging-provider.ts'
import { CLIENT } from '../../support/identity-provider.ts'
import { mainText } from '../../support/html.ts'
import { world } from '../../support/world.ts'
import { addProvider, begin, link } from './cast.ts'

/** A world with a provider that lies when it is told to. */
async function worldWithLiar(t: Test) {
  const w = await world(t, { app: { allow_private_issuers: true } })
  const idp = await forgingProvider(t, 'alice')
  const provider = await addProvider(w, { issuer: idp.issuer })
  await link(w, provider, 'alice')
  return { ...w, idp, provider }
}

const admitted = (cookies: { name: string; value: string }[]) =>
  cookies.some(({ name, value }) => name === 'session' && value !== '')

t.test('admits whom a provider that tells the truth vouches for', async (t) => {
  const w = await worldWithLiar(t)
  const { href, end } = await begin(w)
  t.ok(admitted((await end(w.idp.visit(href))).cookies))
})

const past = Math.floor(Date.now() / 1000) - 3600

const forgeries: Record<string, Forgery> = {
  'another issuer': { claims: { iss: 'https://other.example' } },
  'another audience': { claims: { aud: 'another-client' } },
  'several audiences, for another': { claims: { aud: [CLIENT.client_id, 'b'], azp: 'b' } },
  'another nonce': { claims: { nonce: 'n'.repeat(43) } },
  'no nonce': { claims: { nonce: undefined } },
  'no subject': { claims: { sub: undefined } },
  'a subject that is no text': { claims: { sub: ['alice'] } },
  'a subject by another spelling': { claims: { sub: 'Alice' } },
  'a time that is over': { claims: { iat: past, exp: past + 60 } },
  'no end': { claims: { exp: undefined } },
  'a key that is not the provider’s': { signed_by: 'foreign' },
  'no signature': { signed_by: 'nobody', header: { alg: 'none' } },
  'no signature, said to be there': { signed_by: 'nobody' },
  'a signature by the secret that both know': { header: { alg: 'HS256' } },
  'an unknown key': { header: { kid: '2' } },
}

for (const [what, forgery] of Object.entries(forgeries))
  t.test(`T33: a token with ${what} admits nobody`, async (t) => {
    const w = await worldWithLiar(t)
    Object.assign(w.idp.forge, forgery)
    const { href, end } = await begin(w)
    const answer = await end(w.idp.visit(href))
    t.equal(answer.statusCode, 422)
    t.notOk(admitted(answer.cookies))
  })

t.test('T33: IdP mix-up: an answer for one provider is not taken to another', async (t) => {
  const w = await worldWithLiar(t)
  const evil = await forgingProvider(t, 'alice')
  await addProvider(w, { slug: 'evil', issuer: evil.issuer })
  const { href, end } = await begin(w, 'evil')
  // The evil provider passes the browser on to the honest one, which answers for itself.
  const back = w.idp.visit(href)
  const answer = await end(back)
  t.equal(answer.statusCode, 422)
  t.notOk(admitted(answer.cookies))
  t.notOk(evil.seen.includes('/token'), 'the code of the honest provider went nowhere')
})

t.test(
  'T33: IdP mix-up: what came to the address of one provider is no answer of another',
  async (t) => {
    const w = await worldWithLiar(t)
    const evil = await forgingProvider(t, 'alice')
    await addProvider(w, { slug: 'evil', issuer: evil.issuer })
    const { href, end } = await begin(w)
    const answer = await end(w.idp.visit(href).replace('/callback/northwind', '/callback/evil'))
    t.equal(answer.statusCode, 422)
    t.match(mainText(answer.payload), 'the address of another provider')
    t.notOk(admitted(answer.cookies))
    t.notOk([...evil.seen, ...w.idp.seen].includes('/token'), 'the code went nowhere')
  },
)

t.test('T33: the subject of one provider is nobody at another', async (t) => {
  const w = await worldWithLiar(t)
  const evil = await forgingProvider(t, 'alice')
  await addProvider(w, { slug: 'evil', issuer: evil.issuer })
  const { href, end } = await begin(w, 'evil')
  t.equal((await end(evil.visit(href))).statusCode, 422)
  evil.forge.claims = { iss: w.idp.issuer }
  const second = await begin(w, 'evil')
  t.equal((await second.end(evil.visit(second.href))).statusCode, 422)
})

const lies: Record<string, Record<string, unknown>> = {
  'another issuer': { issuer: 'https://other.example' },
  'a page that is a script': { authorization_endpoint: 'javascript:alert(1)' },
  'no way to redeem a code': { token_endpoint: undefined },
}

for (const [what, metadata] of Object.entries(lies))
  t.test(`T33: nobody is sent to a provider that describes itself with ${what}`, async (t) => {
    const w = await worldWithLiar(t)
    w.idp.forge.metadata = metadata
    const { answer } = await begin(w)
    t.equal(answer.statusCode, 422)
    t.equal(answer.headers.location, undefined)
  })

t.test('T13: what a provider says of itself leads nowhere inside', async (t) => {
  const w = await worldWithLiar(t)
  for (const token_endpoint of ['https://169.254.169.254/token', 'https://[fd00:ec2::254]/token']) {
    w.idp.forge.metadata = { token_endpoint }
    const { href, end } = await begin(w)
    t.equal((await end(w.idp.visit(href))).statusCode, 422)
    await w.alice.post(`/single-sign-on/${w.provider.id}/disabling`)
    await w.alice.post(`/single-sign-on/${w.provider.id}/enabling`)
  }
})

t.test('T13: asks no provider inside where that is not allowed', async (t) => {
  const w = await world(t)
  const idp = await forgingProvider(t, 'alice')
  await addProvider(w, { issuer: idp.issuer })
  t.equal((await begin(w)).answer.statusCode, 422)
  t.same(idp.seen, [])
})

t.test('T33: an account of another directory is none', async (t) => {
  const ours = 'https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/v2.0'
  t.ok(isOfDirectory(ours, '11111111-2222-3333-4444-555555555555'))
  for (const tid of ['99999999-2222-3333-4444-555555555555', undefined, '', 'v2.0', 3, ['1']])
    t.notOk(isOfDirectory(ours, tid), String(tid))
  t.ok(isOfDirectory('https://accounts.google.com', undefined))
})

t.test('T33: a directory that answers under another name is not believed', async (t) => {
  const server = 'https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555'
  const answer = (issuer: string) => async () =>
    Response.json({
      issuer,
      authorization_endpoint: `${server}/authorize`,
      token_endpoint: `${server}/token`,
    })
  const settings = { issuer: `${server}/v2.0`, client_id: 'a', client_secret: null }
  await t.resolves(discover(settings, answer(settings.issuer)))
  await t.rejects(discover(settings, answer(`${server}/v1.0`)), /calls itself/)
})

t.test('takes an issuer as people paste it', async (t) => {
  const issuer = 'https://id.example/realms/msp'
  t.equal(Issuer.parse(` ${issuer}/.well-known/openid-configuration `), issuer)
  t.ok(sameIssuer('https://msp.auth0.example', 'https://msp.auth0.example/'))
  t.notOk(sameIssuer('https://msp.auth0.example', 'https://msp.auth0.example/x'))
})

t.test('T13: takes no issuer but an https address of one provider', async (t) => {
  const wrong = [
    '',
    'id.example',
    'http://id.example',
    'ftp://id.example',
    'javascript:alert(1)',
    'https://me:word@id.example',
    'https://id.example/?x=1',
    'https://id.example/#x',
    'https://id.example/.well-known/other',
    'https://login.microsoftonline.com/common/v2.0',
    'https://login.microsoftonline.com/organizations/v2.0',
    'https://login.microsoftonline.com/consumers',
  ]
  for (const text of wrong) t.notOk(Issuer.safeParse(text).success, text)
})
