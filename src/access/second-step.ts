import type { Db } from '../db/connection.ts'
import { system } from '../db/operation.ts'
import { useCode } from './factors.ts'
import type { Sealer } from './sealing.ts'
import { counters, type Visitor } from './sign-in.ts'
import { claimTry, forgetTry, type Refusal } from './throttle.ts'

/** Whether it was right; or that no more tries are taken for now. */
export type CodeOutcome = Refusal | { right: boolean }

/**
 * Whether a code of the authenticator app, or a recovery code, is good. Each wrong one counts
 * towards a limit of its own, so that nobody who does not know the password can use it up.
 */
export async function checkCode(
  db: Db,
  sealer: Sealer,
  { person_id, email, code }: { person_id: number; email: string; code: string },
  visitor: Visitor,
): Promise<CodeOutcome> {
  const { account_key, address } = await counters(db, { person_id, email }, visitor)
  const own_key = account_key.startsWith('device ') ? account_key : `${person_id}`
  const attempt = await claimTry(db, { account_key: `code ${own_key}`, address })
  if ('retry_at' in attempt) return attempt
  const right = await useCode(db, sealer, person_id, code)
  if (right) await system(db, (tx) => forgetTry(tx, attempt))
  return { right }
}
