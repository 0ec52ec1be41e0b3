import type { Db, Reads } from '../db/connection.ts'
import { type SystemTx, system, type Tx } from '../db/operation.ts'
import { forgetRecoveryCodes, useRecoveryCode } from './recovery-codes.ts'
import type { Sealer } from './sealing.ts'
import { signOutEverywhere } from './sessions.ts'
import { removeTotp, useTotp } from './totp.ts'

/**
 * Keeps what the account says of its factors in step with the factors: to be called by whoever adds
 * or removes one. Codes for recovery go with the last of them. Returns whether one is there.
 */
export async function noteFactors(tx: SystemTx, person_id: number) {
  const has_second_factor = await hasFactor(tx, person_id)
  await tx
    .updateTable('user_account')
    .set({ has_second_factor: Number(has_second_factor) })
    .where('person_id', '=', person_id)
    .execute()
  if (!has_second_factor) await forgetRecoveryCodes(tx, person_id)
  return has_second_factor
}

/**
 * Takes every second factor away from somebody who has lost them, and ends their sessions. Whoever
 * must have one has no days left then, so that a password which leaked is not enough for long.
 */
export async function removeFactors(tx: Tx, now: string, person_id: number) {
  await tx.deleteFrom('passkey').where('person_id', '=', person_id).execute()
  await removeTotp(tx, person_id)
  await noteFactors(tx, person_id)
  await tx
    .updateTable('user_account')
    .set({ second_factor_due_at: now })
    .where('person_id', '=', person_id)
    .execute()
  await signOutEverywhere(tx, person_id)
}

/** Whether somebody has a second factor that is asked of them here. */
export async function hasFactor(db: Reads, person_id: number) {
  const passkey = db.selectFrom('passkey').select('person_id').where('person_id', '=', person_id)
  const totp = db
    .selectFrom('totp')
    .select('person_id')
    .where('person_id', '=', person_id)
    .where('confirmed_at', 'is not', null)
  return (await passkey.union(totp).execute()).length > 0
}

/**
 * Whether a code is good: six digits of the authenticator app, or else a recovery code. It is used
 * up by that.
 */
export async function useCode(db: Db, sealer: Sealer, person_id: number, typed: string) {
  const code = withoutSpaces(typed)
  const now = db.now()
  return system(db, (tx) =>
    isAppCode(code)
      ? useTotp(tx, now, sealer, { person_id, code })
      : useRecoveryCode(tx, now, person_id, code),
  )
}

const withoutSpaces = (typed: string) => typed.replace(/\s/g, '')

/** Whether it looks like a code of an authenticator app; others are for recovery. */
export const isAppCode = (typed: string) => /^\d{6}$/.test(withoutSpaces(typed))
