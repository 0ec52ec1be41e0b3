import { generateKeyPairSync, sign } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'
import { CLIENT } from './identity-provider.ts'

const keys = { own: newKey(), foreign: newKey() }

function newKey() {
  return generateKeyPairSync('rsa', { modulusLength: 2048 })
}

/** What is wrong with the token that the provider sends, if anything. */
export type Forgery = {
  header?: object
  claims?: Record<string, unknown>
  signed_by?: 'own' | 'foreign' | 'nobody'
  /** What it says of itself. */
  metadata?: Record<string, unknown>
}

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

/**
 * A provider that speaks enough OpenID Connect to sign somebody in as `subject`, and lies in it as
 * it is told: `forge` may be changed at any time. It asks nothing of the browser.
 */
export async function forgingProvider(t: Test, subject: string) {
  const forge: Forgery = {}
  const seen: string[] = []
  let nonce = ''
  const server = createServer((request, response) => {
    seen.push(request.url!)
    response.setHeader('content-type', 'application/json')
    if (request.url!.startsWith('/.well-known/')) response.end(JSON.stringify(metadata()))
    else if (request.url === '/jwks') response.end(JSON.stringify({ keys: [publicKey()] }))
    else
      response.end(JSON.stringify({ access_token: 'x', token_type: 'bearer', id_token: token() }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  const metadata = () => ({
    issuer,
    authorization_endpoint: `${issuer}/auth`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    authorization_response_iss_parameter_supported: true,
    ...forge.metadata,
  })
  const publicKey = () => ({
    ...keys.own.publicKey.export({ format: 'jwk' }),
    kid: '1',
    use: 'sig',
  })

  function token() {
    const now = Math.floor(Date.now() / 1000)
    const usual = {
      iss: issuer,
      sub: subject,
      aud: CLIENT.client_id,
      nonce,
      iat: now,
      exp: now + 60,
    }
    const head = encode({ alg: 'RS256', kid: '1', ...forge.header })
    const signed = `${head}.${encode({ ...usual, ...forge.claims })}`
    const { signed_by = 'own' } = forge
    if (signed_by === 'nobody') return `${signed}.`
    const signature = sign('sha256', Buffer.from(signed), keys[signed_by].privateKey)
    return `${signed}.${signature.toString('base64url')}`
  }

  return {
    issuer,
    forge,
    seen,
    /** Goes where Tenantry sends the browser; returns where the provider sends it back to. */
    visit(href: string, parameters: Record<string, string> = {}) {
      const asked = new URL(href).searchParams
      nonce = asked.get('nonce')!
      const back = new URL(asked.get('redirect_uri')!)
      const answer = { state: asked.get('state')!, code: 'c', iss: issuer, ...parameters }
      for (const [name, value] of Object.entries(answer)) back.searchParams.set(name, value)
      return back.href
    },
  }
}
