import { existsSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { Secret } from 'otpauth'
import t, { type Test } from 'tap'
import { backUp } from '../../src/db/backup.ts'
import { matrix } from '../access/matrix.ts'
import { addProvider, begin } from '../access/oidc/cast.ts'
import { addCast } from '../support/cast.ts'
import { askToSignIn, cookieOf, sendForm, setUpTotp } from '../support/factors.ts'
import { forgingProvider } from '../support/forging-provider.ts'
import { recordLog } from '../support/log.ts'
import { collectRoutes, sampleAddress } from '../support/routes.ts'
import { ACME, ALICE_PASSWORD, browser, type World, world } from '../support/world.ts'

const NEW_PASSWORD = 'seven quiet herons at dusk'
const INVITED_PASSWORD = 'purple tractor window seven'
const CLIENT_SECRET = 'what only the provider should know'

const declared = collectRoutes()

/** A secret as it is sent, and the bytes that it stands for: neither may lie anywhere. */
const spellings = (secret: string) => [
  Buffer.from(secret),
  ...(/^[\w-]{43}$/.test(secret) ? [Buffer.from(secret, 'base64url')] : []),
  ...(/^[A-Z2-7]{32}$/.test(secret) ? [Buffer.from(Secret.fromBase32(secret).bytes)] : []),
]

const holds = (bytes: Buffer, spelled: Buffer[]) => spelled.some((one) => bytes.includes(one))

/** The names of the secrets that `bytes` hold. */
const secretsIn = (bytes: Buffer | string, secrets: Record<string, string>) => {
  const all = Buffer.from(bytes)
  return Object.keys(secrets).filter((name) => holds(all, spellings(secrets[name]!)))
}

/** Signs in with every factor, as Alice. */
async function useFactors(w: World) {
  const { alice, anonymous } = w
  const { key, codes } = await setUpTotp(w, alice)
  const said = { email: 'alice@northwind.example', password: ALICE_PASSWORD }
  const pending = cookieOf(await anonymous.post('/sign-in', said), 'pending')!
  const code = { code: codes[0]! }
  const signed_in = await sendForm(anonymous, '/sign-in/second-step', code, { pending })
  const cookies = signed_in.cookies.filter(({ value }) => value.length >= 20)
  return {
    'TOTP key': key.replaceAll(' ', ''),
    'used recovery code': codes[0]!,
    'recovery code': codes[1]!,
    'recovery code without hyphens': codes[1]!.replaceAll('-', ''),
    'pending sign-in': pending,
    'passkey ceremony': (await askToSignIn(w)).ceremony,
    ...Object.fromEntries(cookies.map(({ name, value }) => [`cookie ${name}`, value])),
  }
}

/** Has somebody invited, twice, and lets them in. */
async function inviteZoe({ alice, anonymous }: World) {
  const zoe = { name: 'Zoe', email: 'zoe@acme.example', role: '3', tenant: 'Acme' }
  const page = String((await alice.post('/people', zoe)).headers.location)
  const ask = async () =>
    /\/invitations\/([\w-]+)/.exec((await alice.post(`${page}/invitations`)).body)![1]!
  const [replaced, invitation] = [await ask(), await ask()]
  const redeemed = await anonymous.post(`/invitations/${invitation}`, {
    password: INVITED_PASSWORD,
  })
  return {
    'replaced invitation': replaced,
    invitation,
    'invited password': INVITED_PASSWORD,
    'invited session': cookieOf(redeemed)!,
  }
}

/** Has a provider set up, and begins to sign in with another. */
async function useSingleSignOn(t: Test, w: World) {
  const { issuer } = await forgingProvider(t, 'alice')
  const client_secret = `${CLIENT_SECRET}, too`
  await addProvider(w, { issuer, slug: 'forged', client_secret })
  const fields = { name: 'Entra', tenant: 'All tenants', slug: 'entra', client_id: 'tenantry' }
  const provider = { ...fields, issuer: 'https://id.example', client_secret: CLIENT_SECRET }
  t.equal((await w.alice.post('/single-sign-on', provider)).statusCode, 303)
  const { answer, href } = await begin(w, 'forged')
  const { state, nonce } = Object.fromEntries(new URL(href).searchParams)
  const attempt = cookieOf(answer, 'oidc')!
  return { 'client secret': CLIENT_SECRET, attempt, state: state!, nonce: nonce! }
}

/** Does everything in which a secret is told; the secrets by what they are. */
async function tellSecrets(t: Test, w: World) {
  const { bob } = await addCast(w)
  const single_sign_on = await useSingleSignOn(t, w)
  const factors = await useFactors(w)
  const invited = await inviteZoe(w)
  const shown = (await w.alice.post('/account/tokens', { name: 'script', days: '30' })).body
  const change = { current: ALICE_PASSWORD, password: NEW_PASSWORD }
  const changed = await w.alice.post('/account/password', change)
  await w.api.post('/tenants', { name: 'Paris', parent_id: ACME })
  return {
    ...single_sign_on,
    ...factors,
    ...invited,
    'shown token': /tnt_[\w-]{40,}/.exec(shown)![0],
    'token of Bob': bob.token,
    'session of Bob': bob.session,
    'token of Alice': w.api.token,
    'session of Alice': w.session,
    'new session of Alice': cookieOf(changed)!,
    password: ALICE_PASSWORD,
    'new password': NEW_PASSWORD,
  }
}

t.test('T31: what a run leaves behind holds no secret that was used in it', async (t) => {
  const log = recordLog(t)
  const w = await world(t, { app: { allow_private_issuers: true, log_level: 'trace' } })
  const secrets = await tellSecrets(t, w)
  t.same(
    Object.entries(secrets).filter(([, secret]) => !secret || secret.length < 10),
    [],
    'each was told',
  )
  const copy = `${t.testdir()}/copy.db`
  await backUp(w.path, copy)
  const files = [w.path, copy].flatMap((path) => [path, `${path}-wal`, `${path}.audit-head`])
  for (const file of files.filter((path) => existsSync(path)))
    t.same(secretsIn(readFileSync(file), secrets), [], basename(file))
  t.ok(existsSync(`${w.path}-wal`), 'the log of the database was looked at')
  await w.app.close()
  t.ok(log.length > 10, `${log.length} lines of log`)
  t.same(secretsIn(log.join(''), secrets), [])
})

t.test('T31: no page, file or answer shows a secret again', async (t) => {
  const w = await world(t, { app: { allow_private_issuers: true } })
  const secrets = await tellSecrets(t, w)
  const alice = browser(w.app, secrets['new session of Alice'])
  let looked_at = 0
  for (const { name, method, url, credential } of declared()) {
    if (method !== 'GET' || url.startsWith('/public/')) continue
    const address = matrix[name]?.address ?? sampleAddress(url)
    const headers = credential === 'token' ? { authorization: `Bearer ${w.api.token}` } : {}
    const { statusCode, body } = await alice.send({ method: 'GET', url: address, headers })
    if (statusCode === 200) looked_at++
    t.same(secretsIn(body, secrets), [], name)
  }
  t.ok(looked_at >= 60, `${looked_at} pages`)
})
