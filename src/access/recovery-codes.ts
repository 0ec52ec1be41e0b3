import { createHash, randomBytes } from 'node:crypto'
import type { Reads } from '../db/connection.ts'
import type { SystemTx } from '../db/operation.ts'

const CODES = 10
/** Letters and digits that nobody takes for one another: 32 of them, so five bits each. */
const ALPHABET = 'abcdefghjkmnpqrstuvwxyz023456789'
const LENGTH = 16

/** Codes to be shown this once: they are kept nowhere. */
export type NewCodes = { codes: string[]; replaces: boolean }

/** Makes ten new codes, each good for one time, and forgets all others. */
export async function makeRecoveryCodes(tx: SystemTx, person_id: number): Promise<NewCodes> {
  const { numDeletedRows } = await forgetRecoveryCodes(tx, person_id)
  const codes = Array.from({ length: CODES }, newCode)
  const rows = codes.map((code) => ({ person_id, code_hash: hashCode(person_id, code) }))
  await tx.insertInto('recovery_code').values(rows).execute()
  return { codes, replaces: numDeletedRows > 0n }
}

/** Whether it is a code of this person that was not used yet. It is used from then on. */
export async function useRecoveryCode(tx: SystemTx, now: string, person_id: number, code: string) {
  const { numUpdatedRows } = await tx
    .updateTable('recovery_code')
    .set({ used_at: now })
    .where('person_id', '=', person_id)
    .where('code_hash', '=', hashCode(person_id, code))
    .where('used_at', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

/** How many codes a person has left. */
export async function countRecoveryCodes(db: Reads, person_id: number) {
  const { left } = await db
    .selectFrom('recovery_code')
    .select((eb) => eb.fn.countAll<number>().as('left'))
    .where('person_id', '=', person_id)
    .where('used_at', 'is', null)
    .executeTakeFirstOrThrow()
  return left
}

export const forgetRecoveryCodes = (tx: SystemTx, person_id: number) =>
  tx.deleteFrom('recovery_code').where('person_id', '=', person_id).executeTakeFirstOrThrow()

/** 80 bits of chance, so that a plain hash of it is enough: "k3fq-92mx-…". */
function newCode() {
  const letters = [...randomBytes(LENGTH)].map((byte) => ALPHABET[byte % ALPHABET.length]!)
  return letters.join('').replace(/(.{4})(?=.)/g, '$1-')
}

/** Hyphens, spaces and capitals are for the eye. */
function hashCode(person_id: number, code: string) {
  const plain = code.toLowerCase().replace(/[\s-]/g, '')
  return createHash('sha256').update(`${person_id}:${plain}`).digest('base64url')
}
