import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server'
import { z } from 'zod'
import type { Db } from '../db/connection.ts'
import { system } from '../db/operation.ts'
import { type Ceremony, openChallenge, takeChallenge } from './passkey-challenges.ts'
import {
  findPasskey,
  listPasskeys,
  type NewPasskey,
  notePasskeyUse,
  passkeyHandle,
} from './passkeys.ts'

/** Where passkeys are good: the host that they are bound to, and the origin of the pages. */
export type Site = { rp_id: string; origin: string }

/** Read when it is first needed: it takes a tenth of a second, and many never use a passkey. */
const webAuthn = () => import('@simplewebauthn/server')

/** What a browser needs in order to make a passkey for a person. */
export async function registrationOptions(
  db: Db,
  { site, ceremony, address }: { site: Site; ceremony: Ceremony; address: string },
  person: { person_id: number; name: string; email: string },
) {
  const { generateRegistrationOptions } = await webAuthn()
  const passkeys = await listPasskeys(db, person.person_id)
  return generateRegistrationOptions({
    rpName: 'Tenantry',
    rpID: site.rp_id,
    userName: person.email,
    userDisplayName: person.name,
    userID: bytes(await passkeyHandle(db, person.person_id)),
    challenge: bytes(await openChallenge(db, ceremony, address)),
    attestationType: 'none',
    excludeCredentials: passkeys.map(({ credential_id }) => ({ id: credential_id })),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  })
}

/** The passkey that a browser has made, if it is what was asked for. */
export async function checkRegistration(
  db: Db,
  { site, ceremony }: { site: Site; ceremony: Ceremony },
  sent: string,
): Promise<NewPasskey | undefined> {
  const response = parseCredential(sent)
  const challenge = response && (await spendChallenge(db, ceremony, response))
  if (!challenge) return undefined
  const { verifyRegistrationResponse } = await webAuthn()
  const { registrationInfo } = await orNothing(() =>
    verifyRegistrationResponse({
      response: response as unknown as RegistrationResponseJSON,
      expectedChallenge: challenge,
      expectedOrigin: site.origin,
      expectedRPID: site.rp_id,
      requireUserVerification: true,
    }),
  )
  if (!registrationInfo) return undefined
  const { id, publicKey, counter } = registrationInfo.credential
  const { transports = [] } = response.response
  return {
    credential_id: id,
    public_key: Buffer.from(publicKey).toString('base64url'),
    counter,
    transports,
  }
}

/** What a browser needs in order to ask for a passkey of this site, whosever it is. */
export async function authenticationOptions(
  db: Db,
  { site, ceremony, address }: { site: Site; ceremony: Ceremony; address: string },
) {
  const { generateAuthenticationOptions } = await webAuthn()
  return generateAuthenticationOptions({
    rpID: site.rp_id,
    challenge: bytes(await openChallenge(db, ceremony, address)),
    userVerification: 'required',
  })
}

/** Whose passkey has signed, if the signature is good. Each is good for one time. */
export async function checkAuthentication(
  db: Db,
  { site, ceremony }: { site: Site; ceremony: Ceremony },
  sent: string,
): Promise<{ person_id: number } | undefined> {
  const response = parseCredential(sent)
  const challenge = response && (await spendChallenge(db, ceremony, response))
  const passkey = challenge && (await findPasskey(db, response.id))
  if (!passkey || response.response.userHandle !== passkey.passkey_handle) return undefined
  const { verifyAuthenticationResponse } = await webAuthn()
  const { verified, authenticationInfo } = await orNothing(() =>
    verifyAuthenticationResponse({
      response: response as unknown as AuthenticationResponseJSON,
      expectedChallenge: challenge,
      expectedOrigin: site.origin,
      expectedRPID: site.rp_id,
      requireUserVerification: true,
      credential: {
        id: passkey.credential_id,
        publicKey: bytes(passkey.public_key),
        counter: passkey.counter,
      },
    }),
  )
  if (!verified || !authenticationInfo) return undefined
  const is_first = await system(db, (tx) =>
    notePasskeyUse(tx, db.now(), passkey, authenticationInfo.newCounter),
  )
  return is_first ? { person_id: passkey.person_id } : undefined
}

const Credential = z.looseObject({
  id: z.string().max(2048),
  response: z.looseObject({
    clientDataJSON: z.string().max(8192),
    userHandle: z.string().max(256).nullish(),
    transports: z.array(z.string().max(32)).max(10).optional(),
  }),
})

type Credential = z.infer<typeof Credential>

/** What a browser sends is JSON, of the form that `PublicKeyCredential.toJSON` gives it. */
const parseCredential = (sent: string) => Credential.safeParse(parseJson(sent)).data

/** The challenge that was signed, if it was open; it is no more. */
async function spendChallenge(db: Db, ceremony: Ceremony, { response }: Credential) {
  const client = z
    .looseObject({ challenge: z.string().max(256) })
    .safeParse(parseJson(Buffer.from(response.clientDataJSON, 'base64url').toString()))
  if (!client.success) return undefined
  const { challenge } = client.data
  const was_open = await system(db, (tx) => takeChallenge(tx, db.now(), ceremony, challenge))
  return was_open ? challenge : undefined
}

/** The library throws for whatever is wrong with what was sent: that is an answer, and no fault. */
async function orNothing<Verified extends object>(verify: () => Promise<Verified>) {
  try {
    return await verify()
  } catch {
    return {} as Partial<Verified>
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'base64url'))
