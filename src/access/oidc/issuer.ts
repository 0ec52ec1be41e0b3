import { z } from 'zod'

const DISCOVERY = '/.well-known/openid-configuration'

/** Microsoft's own names for "any directory": the tokens never name these as their issuer. */
const ANY_DIRECTORY = /^\/(common|organizations|consumers)(\/|$)/
const MICROSOFT =
  /^(login\.microsoftonline\.(com|us)|login\.partner\.microsoftonline\.cn|sts\.windows\.net)$/

/** The address of an identity provider, as an administrator types or pastes it. */
export const Issuer = z
  .string('Enter the issuer.')
  .trim()
  .min(1, 'Enter the issuer.')
  .max(1000, 'Use 1000 characters or fewer.')
  .transform((text) => (text.endsWith(DISCOVERY) ? text.slice(0, -DISCOVERY.length) : text))
  .superRefine((text, context) => {
    const message = issuerProblem(text)
    if (message) context.addIssue({ code: 'custom', message })
  })

function issuerProblem(text: string) {
  if (!URL.canParse(text)) return 'Enter an address like https://login.example.com.'
  const url = new URL(text)
  const is_here = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && is_here))
    return 'The address must begin with https://.'
  if (url.username || url.password) return 'Leave out the name and password.'
  if (url.search || url.hash || text.includes('/.well-known/'))
    return 'Leave out what follows the path of the issuer.'
  if (MICROSOFT.test(url.hostname) && ANY_DIRECTORY.test(url.pathname))
    return 'Enter the address with the id of your own directory, so that no other can vouch.'
  return undefined
}

/** Two spellings of an issuer that differ in the last slash only are the same. */
export const sameIssuer = (one: string, other: string) =>
  one.replace(/\/$/, '') === other.replace(/\/$/, '')

/**
 * Whether a token is of the directory that the issuer names. Microsoft's tokens say in `tid` whose
 * the account is; its issuer has the same id in its path.
 */
export function isOfDirectory(issuer: string, tid: unknown) {
  const { hostname, pathname } = new URL(issuer)
  if (!MICROSOFT.test(hostname)) return true
  return typeof tid === 'string' && tid !== '' && pathname.split('/')[1] === tid
}
