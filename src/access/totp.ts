import { Secret, TOTP } from 'otpauth'
import type { Reads } from '../db/connection.ts'
import type { SystemTx } from '../db/operation.ts'
import type { Place, Sealer } from './sealing.ts'

const ISSUER = 'Tenantry'
const PERIOD_SECONDS = 30
/** Clocks may differ: the codes before and after this one are taken too. */
const WINDOW_STEPS = 1
const SECRET_BYTES = 20

const PURPOSE = 'totp'
const placeOf = (person_id: number): Place => ({ table: 'totp', row: person_id, column: 'secret' })

/**
 * Makes a secret for a person's authenticator app, which counts for nothing until it is confirmed
 * by a code. It takes the place of another that was not confirmed; returns whether none was.
 */
export async function beginTotp(tx: SystemTx, now: string, sealer: Sealer, person_id: number) {
  const plain = new Secret({ size: SECRET_BYTES }).base32
  const fresh = {
    secret: sealer.seal(PURPOSE, placeOf(person_id), plain),
    created_at: now,
    last_step: 0,
  }
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('totp')
    .values({ person_id, ...fresh })
    .onConflict((conflict) =>
      conflict.column('person_id').doUpdateSet(fresh).where('totp.confirmed_at', 'is', null),
    )
    .executeTakeFirstOrThrow()
  return numInsertedOrUpdatedRows === 1n
}

/** The secret that waits to be confirmed, as a person types it and as an app reads it. */
export async function findUnconfirmedTotp(
  db: Reads,
  sealer: Sealer,
  { person_id, email }: { person_id: number; email: string },
) {
  const row = await findTotp(db, person_id)
  if (!row || row.confirmed_at !== null) return undefined
  const secret = sealer.open(PURPOSE, placeOf(person_id), row.secret)
  const uri = new TOTP({ issuer: ISSUER, label: email, secret }).toString()
  return { secret, uri }
}

/** Whether the code is one of the secret that waits to be confirmed; from then on it counts. */
export async function confirmTotp(
  tx: SystemTx,
  now: string,
  sealer: Sealer,
  { person_id, code }: { person_id: number; code: string },
) {
  const row = await findTotp(tx, person_id)
  if (!row || row.confirmed_at !== null) return false
  const step = findStep(sealer.open(PURPOSE, placeOf(person_id), row.secret), code, now)
  if (step === undefined) return false
  const { numUpdatedRows } = await tx
    .updateTable('totp')
    .set({ confirmed_at: now, last_step: step })
    .where('person_id', '=', person_id)
    .where('confirmed_at', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

/**
 * Whether the code is right, now or thirty seconds ago or hence, and neither it nor a later one was
 * used before (ASVS 6.5.1).
 */
export async function useTotp(
  tx: SystemTx,
  now: string,
  sealer: Sealer,
  { person_id, code }: { person_id: number; code: string },
) {
  const row = await findTotp(tx, person_id)
  if (!row || row.confirmed_at === null) return false
  const step = findStep(sealer.open(PURPOSE, placeOf(person_id), row.secret), code, now)
  if (step === undefined) return false
  const { numUpdatedRows } = await tx
    .updateTable('totp')
    .set({ last_step: step })
    .where('person_id', '=', person_id)
    .where('last_step', '<', step)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

/** The authenticator app of a person, if there is one. */
export const findTotp = (db: Reads, person_id: number) =>
  db.selectFrom('totp').selectAll().where('person_id', '=', person_id).executeTakeFirst()

/** Forgets the app. Returns whether there was one. */
export async function removeTotp(tx: SystemTx, person_id: number) {
  const { numDeletedRows } = await tx
    .deleteFrom('totp')
    .where('person_id', '=', person_id)
    .executeTakeFirst()
  return numDeletedRows > 0n
}

/** The thirty seconds, counted from 1970, that the code is of, if it is of any that count now. */
function findStep(secret: string, code: string, now: string) {
  const timestamp = Date.parse(now)
  const delta = TOTP.validate({
    token: code,
    secret: Secret.fromBase32(secret),
    timestamp,
    window: WINDOW_STEPS,
  })
  return delta === null ? undefined : Math.floor(timestamp / 1000 / PERIOD_SECONDS) + delta
}
