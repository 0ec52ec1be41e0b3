import type { AuthorizationResponseError, ClientAuth, Configuration } from 'openid-client'
import { type SafeFetch, Unreachable } from '../../web/safe-fetch.ts'
import { isOfDirectory, sameIssuer } from './issuer.ts'

/** Read when it is first needed: that takes a while, and many installations never do. */
const load = () => import('openid-client')

type Library = Awaited<ReturnType<typeof load>>

/** What a provider said, or did not, in words for whoever is to mend it. The cause is for the log. */
export class ProviderProblem extends Error {}

/** A provider with its secret in the clear: only as long as it is talked to. */
export type ClientSettings = { issuer: string; client_id: string; client_secret: string | null }

/** What somebody was sent away with, and has to come back with. */
export type Challenge = { state: string; nonce: string; verifier: string; redirect_uri: string }

/** How far back in seconds a sign-in at the provider may lie to prove anew who one is. */
const PROOF_SECONDS = 5 * 60

/** Whom a provider vouches for. */
export type Vouched = {
  issuer: string
  subject: string
  /** When they showed at the provider who they are, in seconds since 1970, if it says so. */
  auth_time: number | null
  /** Whether the provider says that they have shown two factors. */
  two_factors: boolean
}

/** Reads what a provider says of itself, and checks that it is the one that was meant. */
export async function discover(settings: ClientSettings, fetch: SafeFetch) {
  const openid = await load()
  const server = new URL(settings.issuer)
  const plain = server.protocol === 'http:' ? [openid.allowInsecureRequests] : []
  const found = await openid
    .discovery(server, settings.client_id, {}, authenticate(openid, settings.client_secret), {
      [openid.customFetch]: fetch,
      // Signatures are checked although the token comes straight from the provider.
      execute: [openid.enableNonRepudiationChecks, ...plain],
      timeout: 10,
    })
    .catch(explainDiscovery)
  const { issuer, authorization_endpoint, token_endpoint } = found.serverMetadata()
  if (!sameIssuer(issuer, settings.issuer))
    throw new ProviderProblem(`The provider calls itself ${issuer}. Enter that as its issuer.`)
  if (!authorization_endpoint || !token_endpoint)
    throw new ProviderProblem('The provider offers no signing in with a code.')
  if (new URL(authorization_endpoint).protocol !== server.protocol)
    throw new ProviderProblem('The page of the provider for signing in is not encrypted.')
  return found
}

/** By whatever way the provider takes; with PKCE, even a client without a secret is safe. */
function authenticate(openid: Library, secret: string | null): ClientAuth {
  if (secret === null) return openid.None()
  return (server, ...rest) => {
    const ways = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic']
    const way = ways.includes('client_secret_basic')
      ? openid.ClientSecretBasic(secret)
      : openid.ClientSecretPost(secret)
    way(server, ...rest)
  }
}

/** Where to send the browser. To prove anew is to sign in there even where one is signed in. */
export async function authorizationUrl(
  provider: Configuration,
  { state, nonce, verifier, redirect_uri }: Challenge,
  anew: boolean,
) {
  const openid = await load()
  return openid.buildAuthorizationUrl(provider, {
    redirect_uri,
    scope: 'openid',
    state,
    nonce,
    code_challenge: await openid.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    ...(anew && { prompt: 'login', max_age: '0' }),
  }).href
}

/**
 * Takes what the browser brought back in its address (`search`) to the provider, and returns whom
 * it vouches for. Throws ProviderProblem.
 */
export async function redeem(
  provider: Configuration,
  { state, nonce, verifier, redirect_uri }: Challenge,
  search: string,
  anew: boolean,
): Promise<Vouched> {
  const openid = await load()
  const tokens = await openid
    .authorizationCodeGrant(provider, new URL(redirect_uri + search), {
      expectedState: state,
      expectedNonce: nonce,
      pkceCodeVerifier: verifier,
      idTokenExpected: true,
      ...(anew && { maxAge: PROOF_SECONDS }),
    })
    .catch(explainRefusal)
  const claims = tokens.claims()
  if (!claims) throw new ProviderProblem('The provider sent no ID token.')
  if (!isOfDirectory(claims.iss, claims['tid']))
    throw new ProviderProblem('The account is of another directory than the provider is for.')
  return {
    issuer: claims.iss,
    subject: claims.sub,
    auth_time: claims.auth_time ?? null,
    two_factors: saysTwoFactors(claims['amr']),
  }
}

/** RFC 8176: `mfa`, or something known together with something held. */
const saysTwoFactors = (methods: unknown) => Array.isArray(methods) && methods.includes('mfa')

function explainDiscovery(error: unknown): never {
  const cause = (error as Error).cause
  const refused = [error, cause].find((one) => one instanceof Unreachable)
  if (refused) throw new ProviderProblem(`The address ${refused.message}.`, { cause: error })
  throw new ProviderProblem(
    'At this address no provider describes itself as OpenID Connect asks.',
    {
      cause: error,
    },
  )
}

function explainRefusal(error: unknown): never {
  if ((error as Partial<AuthorizationResponseError>).code === 'OAUTH_AUTHORIZATION_RESPONSE_ERROR')
    throw new ProviderProblem('The provider did not sign you in.', { cause: error })
  throw new ProviderProblem('What the provider answered does not prove who you are.', {
    cause: error,
  })
}
