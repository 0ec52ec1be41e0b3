import { randomBytes } from 'node:crypto'
import type { Db, Reads } from '../db/connection.ts'
import { everyTenant } from '../db/scope-guard.ts'
import { system, type SystemTx, type Tx } from '../db/operation.ts'
import { NotFound } from '../errors.ts'
import { noteFactors } from './factors.ts'

/** A key as its authenticator has shown it. */
export type NewPasskey = {
  credential_id: string
  public_key: string
  counter: number
  transports: string[]
}

/** The passkeys of a person, the oldest first. */
export const listPasskeys = (db: Reads, person_id: number) =>
  db
    .selectFrom('passkey')
    .select(['id', 'name', 'credential_id', 'created_at', 'last_used_at'])
    .where('person_id', '=', person_id)
    .orderBy('id')
    .execute()

export type ListedPasskey = Awaited<ReturnType<typeof listPasskeys>>[number]

/** What authenticators know a person by, the same for all passkeys of one. Made when first asked for. */
export async function passkeyHandle(db: Db, person_id: number) {
  const handle = randomBytes(32).toString('base64url')
  const account = await system(db, async (tx) => {
    await tx
      .updateTable('user_account')
      .set({ passkey_handle: handle })
      .where('person_id', '=', person_id)
      .where('passkey_handle', 'is', null)
      .execute()
    return tx
      .selectFrom('user_account')
      .select('passkey_handle')
      .where('person_id', '=', person_id)
      .executeTakeFirstOrThrow()
  })
  return account.passkey_handle!
}

/** Gives a person a passkey. */
export async function addPasskey(
  tx: Tx,
  person_id: number,
  { transports, ...passkey }: NewPasskey & { name: string },
) {
  await tx
    .insertInto('passkey')
    .values({
      ...passkey,
      person_id,
      transports: JSON.stringify(transports),
      created_at: tx.operation.at,
    })
    .execute()
  await noteFactors(tx, person_id)
}

/** Takes a passkey away. Throws NotFound when the person has no such. */
export async function removePasskey(tx: Tx, person_id: number, id: number) {
  const { numDeletedRows } = await tx
    .deleteFrom('passkey')
    .where('id', '=', id)
    .where('person_id', '=', person_id)
    .executeTakeFirst()
  if (numDeletedRows === 0n) throw new NotFound(`passkey ${id}`)
  await noteFactors(tx, person_id)
}

/** The passkey that an authenticator calls so, of somebody who may sign in. */
export const findPasskey = (db: Db, credential_id: string) =>
  everyTenant(db)
    .selectFrom('passkey')
    .innerJoin('user_account', 'user_account.person_id', 'passkey.person_id')
    .innerJoin('person', 'person.id', 'passkey.person_id')
    .selectAll('passkey')
    .select('user_account.passkey_handle')
    .where('passkey.credential_id', '=', credential_id)
    .where('person.active', '=', 1)
    .where('person.role_id', 'is not', null)
    .executeTakeFirst()

/**
 * Remembers a use of the passkey. Returns false when it was used meanwhile: of two uses with the
 * same count one is by a copy of the key.
 */
export async function notePasskeyUse(
  tx: SystemTx,
  now: string,
  { id, counter }: { id: number; counter: number },
  new_counter: number,
) {
  const { numUpdatedRows } = await tx
    .updateTable('passkey')
    .set({ counter: new_counter, last_used_at: now })
    .where('id', '=', id)
    .where('counter', '=', counter)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}
