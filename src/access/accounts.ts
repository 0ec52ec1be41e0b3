import type { Reads } from '../db/connection.ts'
import type { SystemTx, Tx } from '../db/operation.ts'
import { emailKey } from './form.ts'

/** The built-in role with every permission. Migration 006 creates it. */
export const ADMINISTRATOR_ID = 1

/** The account of an e-mail address, with the hash of its password. */
export const findAccount = (db: Reads, email: string) =>
  db
    .selectFrom('user_account')
    .innerJoin('person', 'person.id', 'user_account.person_id')
    .select(['user_account.person_id', 'user_account.password_hash', 'person.tenant_id'])
    .where('user_account.email_key', '=', emailKey(email))
    .executeTakeFirst()

/** The administrator whom set-up creates. Returns the id of the person. */
export async function createAdministrator(
  tx: Tx,
  tenant_id: number,
  { name, email, password_hash }: { name: string; email: string; password_hash: string },
) {
  const email_key = emailKey(email)
  const { id } = await tx
    .insertInto('person')
    .values({ tenant_id, name, email, email_key, role_id: ADMINISTRATOR_ID })
    .returning('id')
    .executeTakeFirstOrThrow()
  await tx
    .insertInto('user_account')
    .values({ person_id: id, email_key, password_hash, password_changed_at: tx.operation.at })
    .execute()
  return id
}

/** Keeps a new password. The change log never sees it: the table of accounts is not logged. */
export const changePassword = (tx: Tx, person_id: number, password_hash: string) =>
  tx
    .updateTable('user_account')
    .set({ password_hash, password_changed_at: tx.operation.at })
    .where('person_id', '=', person_id)
    .execute()

/** Keeps the same password at the cost of today, unless it has changed meanwhile. */
export const renewHash = (tx: SystemTx, person_id: number, old_hash: string, new_hash: string) =>
  tx
    .updateTable('user_account')
    .set({ password_hash: new_hash })
    .where('person_id', '=', person_id)
    .where('password_hash', '=', old_hash)
    .execute()
