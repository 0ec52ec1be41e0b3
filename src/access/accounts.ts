import type { Reads } from '../db/connection.ts'
import { everyTenant } from '../db/scope-guard.ts'
import type { SystemTx, Tx } from '../db/operation.ts'
import { sortKey } from '../tenants/names.ts'
import { WHOLE_ACCESS } from './decide.ts'
import { emailKey } from './form.ts'
import { requireTenant } from './visible.ts'

/** The built-in role with every permission. Migration 006 creates it. */
export const ADMINISTRATOR_ID = 1

/** More accounts of one address are not tried: each costs a hash. */
const MAX_OF_AN_ADDRESS = 5

/**
 * The accounts of an e-mail address whose owners may sign in: people of several tenants may share it,
 * and so may one person who works for several. That of `first` comes first, then the oldest.
 */
export const findAccounts = (db: Reads, email: string, first = 0) =>
  everyTenant(db)
    .selectFrom('user_account')
    .innerJoin('person', 'person.id', 'user_account.person_id')
    .select([
      'user_account.person_id',
      'user_account.password_hash',
      'user_account.has_second_factor',
      'person.tenant_id',
    ])
    .where('user_account.email_key', '=', emailKey(email))
    .where('person.active', '=', 1)
    .where('person.role_id', 'is not', null)
    .orderBy((eb) => eb('user_account.person_id', '<>', first))
    .orderBy('user_account.person_id')
    .limit(MAX_OF_AN_ADDRESS)
    .execute()

/** Whether somebody has a password at all. */
export async function hasPassword(db: Reads, person_id: number) {
  const account = await db
    .selectFrom('user_account')
    .select('password_hash')
    .where('person_id', '=', person_id)
    .executeTakeFirst()
  return (account?.password_hash ?? null) !== null
}

/** The administrator whom set-up creates. Returns the id of the person. */
export async function createAdministrator(
  tx: Tx,
  id_of_tenant: number,
  { name, email, password_hash }: { name: string; email: string; password_hash: string },
) {
  const tenant_id = await requireTenant(tx, { access: WHOLE_ACCESS }, 'person.create', id_of_tenant)
  const email_key = emailKey(email)
  const { id } = await tx
    .insertInto('person')
    .values({
      tenant_id,
      name,
      sort_key: sortKey(name),
      email,
      email_key,
      role_id: ADMINISTRATOR_ID,
    })
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
