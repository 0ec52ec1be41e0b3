import type { Db } from '../db/connection.ts'
import { system } from '../db/operation.ts'
import { findAccount, renewHash } from './accounts.ts'
import { emailKey } from './form.ts'
import { hashPassword, needsRehash, verifyPassword } from './password.ts'
import { closeSession, openSession } from './sessions.ts'
import { claimTry, forgetTry, type Refusal } from './throttle.ts'

/** Where a sign-in comes from. `old_session` is the secret that the browser sent, if any. */
export type Visitor = { address: string; user_agent: string; old_session: string | undefined }

type Checked = { person_id: number } | Refusal | { wrong: true }

/**
 * Checks an e-mail address and a password and opens a session. The session that the browser had is
 * closed: nobody goes on with one that somebody else may have planted. Throws Busy.
 */
export async function signIn(
  db: Db,
  { email, password }: { email: string; password: string },
  visitor: Visitor,
): Promise<Exclude<Checked, { person_id: number }> | { person_id: number; session: string }> {
  const checked = await checkPassword(db, email, password, visitor.address)
  if (!('person_id' in checked)) return checked

  const { person_id } = checked
  const session = await system(db, async (tx) => {
    if (visitor.old_session) await closeSession(tx, visitor.old_session)
    return openSession(tx, db.now(), person_id, visitor.user_agent)
  })
  return { session, person_id }
}

/** Whether a password is the one of an account. Each wrong one counts towards the limit (T34). */
export async function checkPassword(
  db: Db,
  email: string,
  password: string,
  address: string,
): Promise<Checked> {
  const attempt = await claimTry(db, emailKey(email), address)
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
