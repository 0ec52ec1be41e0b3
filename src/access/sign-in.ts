import type { Db } from '../db/connection.ts'
import { type SystemTx, system } from '../db/operation.ts'
import { findAccount, renewHash } from './accounts.ts'
import { emailKey } from './form.ts'
import { findKnownDevice, rememberDevice } from './known-devices.ts'
import { hashPassword, needsRehash, verifyPassword } from './password.ts'
import { closeSession, openSession } from './sessions.ts'
import { claimTry, forgetTry, networkOf, type Refusal } from './throttle.ts'

/** Who knocks: an address, and the secrets of session and device that the browser sent, if any. */
export type Visitor = {
  address: string
  user_agent: string
  session: string | undefined
  device: string | undefined
}

type Credentials = { email: string; password: string }
type Failure = Refusal | { wrong: true }

/** Checks an e-mail address and a password, and opens a session. Throws Busy. */
export async function signIn(
  db: Db,
  credentials: Credentials,
  visitor: Visitor,
): Promise<Failure | ({ person_id: number } & Secrets)> {
  const checked = await checkPassword(db, credentials, visitor)
  if (!('person_id' in checked)) return checked

  const { person_id } = checked
  const secrets = await system(db, (tx) => admit(tx, db.now(), person_id, visitor))
  return { person_id, ...secrets }
}

/** What the browser of somebody who is let in is to keep. */
export type Secrets = { session: string; device: string }

/**
 * Lets somebody in who has shown who they are. The session that the browser had is closed: nobody
 * goes on with one that somebody else may have planted.
 */
export async function admit(
  tx: SystemTx,
  now: string,
  person_id: number,
  { session, device, user_agent }: Visitor,
): Promise<Secrets> {
  if (session) await closeSession(tx, session)
  return {
    session: await openSession(tx, now, person_id, user_agent),
    device: await rememberDevice(tx, now, person_id, device),
  }
}

/** Whether a password is the one of an account. Each wrong one counts towards the limit. */
export async function checkPassword(
  db: Db,
  { email, password }: Credentials,
  visitor: Visitor,
): Promise<Failure | { person_id: number }> {
  const attempt = await claimTry(db, await counters(db, email, visitor))
  if ('retry_at' in attempt) return attempt

  const account = await findAccount(db, email)
  const right = await verifyPassword(account?.password_hash, password).catch(async (error) => {
    await system(db, (tx) => forgetTry(tx, attempt))
    throw error
  })
  if (!right || !account) return { wrong: true }

  const { person_id, password_hash } = account
  const renewed = needsRehash(password_hash) ? await hashPassword(password) : undefined
  await system(db, async (tx) => {
    await forgetTry(tx, attempt)
    if (renewed) await renewHash(tx, person_id, password_hash, renewed)
  })
  return { person_id }
}

/**
 * What a try counts for: the account and the network. But a browser in which the owner has signed
 * in before counts for itself alone, so that strangers who guess cannot keep the owner out. (No
 * e-mail address is without an @, so none can pass for a browser.)
 */
async function counters(db: Db, email: string, { address, device }: Visitor) {
  const known = device && (await findKnownDevice(db, email, device, db.now()))
  if (known) return { account_key: `device ${known.id}`, address: `device ${known.id}` }
  return { account_key: emailKey(email), address: networkOf(address) }
}
