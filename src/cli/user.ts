import { findAccounts } from '../access/accounts.ts'
import type { Db } from '../db/connection.ts'
import { UsageProblem } from './command.ts'

/** The user who signs in with an address. Throws UsageProblem when there is none, or several. */
export async function findOnlyUser(db: Db, email: string) {
  const [user, ...others] = await findAccounts(db, email.trim())
  if (!user) throw new UsageProblem(`No user signs in as ${email}.`)
  if (others.length > 0)
    throw new UsageProblem(`Users of several tenants sign in as ${email}. Use their pages.`)
  return user
}
