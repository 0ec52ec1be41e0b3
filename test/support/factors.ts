import { Secret, TOTP } from 'otpauth'
import { textOf } from './html.ts'
import { createAuthenticator } from './authenticator.ts'
import type { browser, World } from './world.ts'

type Browser = ReturnType<typeof browser>
type Answer = Awaited<ReturnType<Browser['get']>>

export const cookieOf = (answer: Answer, name = 'session') =>
  answer.cookies.find((cookie) => cookie.name === name && cookie.value !== '')?.value

/** The code that an authenticator app with this key shows at a moment. */
export const codeAt = (key: string, instant: string) =>
  TOTP.generate({
    secret: Secret.fromBase32(key.replaceAll(' ', '')),
    timestamp: Date.parse(instant),
  })

/** The moment some seconds after (or, negative, before) another. */
export const secondsAfter = (instant: string, seconds: number) =>
  new Date(Date.parse(instant) + seconds * 1000).toISOString()

/** Sets up an authenticator app; returns its key and the recovery codes. */
export async function setUpTotp({ clock }: Pick<World, 'clock'>, who: Browser) {
  await who.post('/account/totp')
  const { payload } = await who.get('/account/totp')
  const key = /id="totp-key">([^<]*)</.exec(payload)![1]!
  const answer = await who.post('/account/totp/confirmation', { code: codeAt(key, clock.now) })
  return { key, answer, codes: recoveryCodes(answer.payload) }
}

/** The recovery codes that a page shows. */
export const recoveryCodes = (html: string) =>
  textOf(/id="recovery-codes">([\s\S]*?)<\/code>/.exec(html)?.[1] ?? '')
    .split(' ')
    .filter(Boolean)

/** Adds a passkey, and returns the authenticator that holds it. */
export async function addPasskey(who: Browser, name = 'Phone', kind = {}) {
  const authenticator = createAuthenticator(kind)
  const options = (await who.post('/account/passkeys/challenge')).json()
  const answer = await who.post('/account/passkeys', {
    name,
    credential: authenticator.create(options),
  })
  return { authenticator, answer }
}

/** What a browser without a session is asked to sign, and the cookie that goes with it. */
export async function askToSignIn({ anonymous }: Pick<World, 'anonymous'>) {
  const answer = await anonymous.post('/sign-in/passkey/challenge')
  return { options: answer.json(), ceremony: cookieOf(answer, 'ceremony')! }
}

/** Sends what an authenticator signed, from the browser with this cookie. */
export const signInWith = (
  { anonymous }: Pick<World, 'anonymous'>,
  ceremony: string,
  credential: string,
) => sendForm(anonymous, '/sign-in/passkey', { credential }, { ceremony })

/** Sends a form with cookies beside those of the browser. */
export const sendForm = (
  who: Browser,
  url: string,
  fields: Record<string, string>,
  cookies: Record<string, string>,
  from?: string,
) =>
  who.send({
    method: 'POST',
    url,
    cookies,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: new URLSearchParams(fields).toString(),
    ...(from && { remoteAddress: from }),
  })
