import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { type Configuration, Provider } from 'oidc-provider'
import type { Test } from 'tap'

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })

export const CLIENT = { client_id: 'tenantry', client_secret: 'a secret of tests, to be sealed' }

/** Where Tenantry's applications in tests, which listen nowhere, have people sent back to. */
export const CALLBACKS = ['northwind', 'acme', 'rival'].map(
  (slug) => `http://localhost/sign-in/oidc/callback/${slug}`,
)

/**
 * A real OpenID provider on this machine, in which whoever names an account is signed in to it. It
 * asks for no consent.
 */
export async function identityProvider(
  t: Test,
  callbacks = CALLBACKS,
  configuration: Configuration = {},
) {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const provider = new Provider(issuer, {
    clients: [{ ...CLIENT, redirect_uris: callbacks, require_auth_time: true }],
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256' }] },
    cookies: { keys: ['a key for tests'] },
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    ttl: { Interaction: 600, Session: 600, Grant: 600, AccessToken: 600, IdToken: 600 },
    interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` },
    findAccount: (_ctx, sub) => ({ accountId: sub, claims: () => ({ sub, email: EMAIL }) }),
    async loadExistingGrant({ oidc }) {
      const grant = new oidc.provider.Grant({
        clientId: oidc.client!.clientId,
        accountId: oidc.session!.accountId!,
      })
      grant.addOIDCScope('openid')
      await grant.save()
      return grant
    },
    ...configuration,
  })
  const answer = provider.callback()
  server.on('request', (request, response) =>
    request.url!.startsWith('/interaction/')
      ? void letIn(provider, request, response)
      : void answer(request, response),
  )
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return { issuer, provider, client: () => webClient() }
}

const LOGIN_PAGE = `<!doctype html><html lang="en"><title>Provider</title><link rel="icon" href="data:,">
<form method="post"><label>Account <input name="account"></label><button>Sign in</button></form>`

/** The page of the provider on which one signs in: by saying who one is. */
async function letIn(provider: Provider, request: IncomingMessage, response: ServerResponse) {
  if (request.method !== 'POST')
    return response.setHeader('content-type', 'text/html').end(LOGIN_PAGE)
  const accountId = new URLSearchParams(await text(request)).get('account')!
  return provider.interactionFinished(request, response, { login: { accountId } })
}

/** Everybody at the provider claims to be Alice, by e-mail. That must count for nothing. */
const EMAIL = 'alice@northwind.example'

/** A browser at the provider, as far as signing in there needs one. */
function webClient() {
  const cookies = new Map<string, string>()
  const request = async (url: string, form?: Record<string, string>) => {
    const answer = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form && { method: 'POST', body: new URLSearchParams(form) }),
    })
    for (const cookie of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie)!
      cookies.set(name!, value!)
    }
    const location = answer.headers.get('location')
    return { url, text: await answer.text(), location: location && new URL(location, url).href }
  }
  /**
   * Goes where Tenantry sends the browser, signs in there as `account` if that is asked for, and
   * returns the address that the provider sends the browser back to.
   */
  return async (href: string, account: string) => {
    const { origin } = new URL(href)
    let next = await request(href)
    for (let step = 0; step < 10; step++) {
      if (!next.location) {
        if (next.text !== LOGIN_PAGE) throw new Error(`the provider says: ${next.text}`)
        next = await request(next.url, { account })
      } else if (new URL(next.location).origin === origin) next = await request(next.location)
      else return next.location
    }
    throw new Error('the provider goes round in circles')
  }
}
