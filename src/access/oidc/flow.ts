import type { Db } from '../../db/connection.ts'
import type { Sealer } from '../sealing.ts'
import { type Attempt, openAttempt, takeAttempt } from './attempts.ts'
import { authorizationUrl, ProviderProblem, redeem } from './client.ts'
import type { Connections } from './connections.ts'
import { clientSettings, findEnabledProvider, type SignInProvider } from './providers.ts'

/** What signing in by providers works with. */
export type Oidc = {
  db: Db
  sealer: Sealer
  connections: Connections
  /** Where browsers reach this server; what they ask for where it is not said. */
  url: string | undefined
}

/**
 * Where a provider sends people back to, on the server that browsers reach at `origin`: each to an
 * address of its own, so that what one sends is never taken for what another said.
 */
export const callbackAddress = (origin: string, slug: string) =>
  `${origin}/sign-in/oidc/callback/${slug}`

/** What somebody is sent to a provider for, and from where. */
export type Errand = Pick<Attempt, 'purpose' | 'next'> & {
  provider: SignInProvider
  session_hash?: string
  /** Of an invitation: what finds it again. */
  reference?: string
  /** Where browsers reach this server: `https://tenantry.example`. */
  origin: string
  /** The network that the request came from. */
  address: string
}

/**
 * Begins a sign-in at a provider: where to send the browser, and the secret that it is to keep until
 * it comes back. Throws ProviderProblem, and Busy when too many are away.
 */
export async function beginOidc(oidc: Oidc, errand: Errand) {
  const { provider, purpose, next, session_hash = null, reference = null } = errand
  const connection = await connect(oidc, provider)
  const { secret, challenge } = await openAttempt(
    oidc.db,
    {
      provider_id: provider.id,
      purpose,
      next,
      redirect_uri: callbackAddress(errand.origin, provider.slug),
      session_hash,
      reference,
    },
    errand.address,
  )
  return { secret, href: await authorizationUrl(connection, challenge, purpose === 'verify') }
}

/**
 * Ends what `beginOidc` began: `slug` is the provider to whose address the browser was sent, `search`
 * what stands after it, `secret` what the browser kept. Throws ProviderProblem, and then nobody is known.
 */
export async function finishOidc(
  oidc: Oidc,
  { slug, search }: { slug: string; search: string },
  secret: string | undefined,
) {
  const states = new URLSearchParams(search).getAll('state')
  const taken =
    secret && states.length === 1 ? await takeAttempt(oidc.db, secret, states[0]!) : undefined
  if (!taken)
    throw new ProviderProblem(
      'This sign-in was not begun in this browser, was used already, or took too long.',
    )
  const { attempt, challenge } = taken
  const provider = await findEnabledProvider(oidc.db, { id: attempt.provider_id })
  if (!provider) throw new ProviderProblem('This provider can no longer be used to sign in.')
  if (provider.slug !== slug)
    throw new ProviderProblem('This answer came to the address of another provider. Begin again.')
  const connection = await connect(oidc, provider)
  const vouched = await redeem(connection, challenge, search, attempt.purpose === 'verify')
  return { attempt, provider, vouched }
}

export type Finished = Awaited<ReturnType<typeof finishOidc>>

const connect = ({ connections, sealer }: Oidc, provider: SignInProvider) =>
  connections.get(`${provider.id} ${provider.version}`, () => clientSettings(sealer, provider))
