import { findAccounts } from '../access/accounts.ts'
import { createToken } from '../access/tokens.ts'
import { operation } from '../db/operation.ts'
import { COMMAND_LINE, withDatabase } from './database.ts'
import { type Command, UsageProblem } from './command.ts'

/** Prints a new API token of a user. It is shown this once. */
export const tokenCreate: Command = {
  name: 'token create',
  summary: 'Creates an API token of a user and prints it, this once.',
  options: {
    email: { value: 'ADDRESS', help: 'The user whose rights the token has.', required: true },
    name: { value: 'NAME', help: 'What the token is for.', required: true },
  },
  async run({ options }, config) {
    const { email, name } = options as { email: string; name: string }
    if (name.trim() === '' || name.length > 200)
      throw new UsageProblem('--name takes 1 to 200 characters.')
    const secret = await withDatabase(config, async (db) => {
      const [owner, ...others] = await findAccounts(db, email.trim())
      if (!owner) throw new UsageProblem(`No user signs in as ${email}.`)
      if (others.length > 0)
        throw new UsageProblem(`Users of several tenants sign in as ${email}. Use their pages.`)
      return operation(db, COMMAND_LINE, 'token.create', (tx) =>
        createToken(tx, owner, name.trim()),
      )
    })
    console.log(secret)
    return 0
  },
}
