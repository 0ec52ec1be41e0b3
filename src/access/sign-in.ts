import type { Db } from '../db/connection.ts'
import { type SystemTx, system } from '../db/operation.ts'
import { findAccounts, renewHash } from './accounts.ts'
import { emailKey } from './form.ts'
import { findKnownDevice, rememberDevice } from './known-devices.ts'
import { hashPassword, needsRehash, verifyPassword } from './password.ts'
import { openPending } from './pending-sign-ins.ts'
import { closeSession, openSession } from './sessions.ts'
import { claimTry, type Counters, forgetTry, networkOf, type Refusal } from './throttle.ts'

/** Who knocks: an address, and the secrets of session and device that the browser sent, if any. */
export type Visitor = {
  address: string
  user_agent: string
  session: string | undefined
  device: string | undefined
}

type Credentials = { email: string; password: string }
type Failure = Refusal | { wrong: true }

/**
 * Checks an e-mail address and a password. Opens a session, or, for who has a second factor too,
 * remembers that this one was right. Throws Busy.
 */
export async function signIn(
  db: Db,
  credentials: Credentials,
  visitor: Visitor,
): Promise<Failure | { person_id: number; pending: string } | ({ person_id: number } & Secrets)> {
  const checked = await checkPassword(db, credentials, visitor)
  if (!('person_id' in checked)) return checked

  const { person_id, has_second_factor } = checked
  return system(db, async (tx) =>
    has_second_factor
      ? { person_id, pending: await openPending(tx, db.now(), person_id) }
      : { person_id, ...(await admit(tx, db.now(), person_id, visitor)) },
  )
}

/** What the browser of somebody who is let in is to keep. */
export type Secrets = { session: string; device: string }

/**
 * Lets somebody in who has shown who they are. The session that the browser had is closed: nobody
 * goes on with one that somebody else may have planted. `two_factors`: by two of them.
 */
export async function admit(
  tx: SystemTx,
  now: string,
  person_id: number,
  { session, device, user_agent }: Visitor,
  two_factors = false,
): Promise<Secrets> {
  if (session) await closeSession(tx, session)
  return {
    session: await openSession(tx, now, person_id, user_agent, two_factors),
    device: await rememberDevice(tx, now, person_id, device),
  }
}

/**
 * Whose password it is, of those who have the address (or of one of them: `person_id`). Each wrong
 * one counts towards the limit, once, however many have the address; except that a browser in which
 * one of them has signed in before has tries of its own at that person's account, and at no other.
 */
export async function checkPassword(
  db: Db,
  { email, password, person_id }: Credentials & { person_id?: number },
  visitor: Visitor,
): Promise<Checked> {
  const device = await knownDevice(db, visitor)
  const found = await findAccounts(db, email, person_id ?? device?.person_id)
  const accounts = found.filter((account) => !person_id || account.person_id === person_id)
  const own = accounts.filter((account) => account.person_id === device?.person_id)
  const others = accounts.filter((account) => !own.includes(account))
  if (device && own.length > 0) {
    const checked = await tryPassword(db, own, password, ofDevice(device))
    if (!('wrong' in checked) || others.length === 0) return checked
  }
  return tryPassword(db, others, password, ofAccount(email, visitor))
}

type Checked = Failure | { person_id: number; has_second_factor: boolean }

async function tryPassword(
  db: Db,
  accounts: Account[],
  password: string,
  counts_for: Counters,
): Promise<Checked> {
  const attempt = await claimTry(db, counts_for)
  if ('retry_at' in attempt) return attempt
  const account = await findOwner(accounts, password).catch(async (error) => {
    await system(db, (tx) => forgetTry(tx, attempt))
    throw error
  })
  if (!account) return { wrong: true }

  const { password_hash, has_second_factor } = account
  const renewed = needsRehash(password_hash) ? await hashPassword(password) : undefined
  await system(db, async (tx) => {
    await forgetTry(tx, attempt)
    if (renewed) await renewHash(tx, account.person_id, password_hash, renewed)
  })
  return { person_id: account.person_id, has_second_factor: has_second_factor === 1 }
}

type Account = Awaited<ReturnType<typeof findAccounts>>[number]

/** The first of the accounts that has the password. Where none has any, nobody's is checked. */
async function findOwner(accounts: Account[], password: string) {
  let checked = 0
  for (const account of accounts) {
    const { password_hash } = account
    if (password_hash === null) continue
    checked++
    if (await verifyPassword(password_hash, password)) return { ...account, password_hash }
  }
  if (checked === 0) await verifyPassword(undefined, password)
  return undefined
}

/**
 * What a try at a person's account counts for: the account and the network. But a browser in which
 * that very person has signed in before counts for itself alone, so that strangers who guess cannot
 * keep the owner out.
 */
export async function counters(
  db: Db,
  { person_id, email }: { person_id: number; email: string },
  visitor: Visitor,
): Promise<Counters> {
  const device = await knownDevice(db, visitor)
  return device?.person_id === person_id ? ofDevice(device) : ofAccount(email, visitor)
}

const knownDevice = async (db: Db, { device }: Visitor) =>
  device === undefined ? undefined : findKnownDevice(db, device, db.now())

/** No e-mail address is without an @, so none can pass for a browser. */
const ofDevice = ({ id }: { id: number }): Counters => ({
  account_key: `device ${id}`,
  address: `device ${id}`,
})

const ofAccount = (email: string, { address }: Visitor): Counters => ({
  account_key: emailKey(email),
  address: networkOf(address),
})
