import { createToken } from '../access/tokens.ts'
import { operation } from '../db/operation.ts'
import { COMMAND_LINE, withDatabase } from './database.ts'
import { type Command, UsageProblem } from './command.ts'
import { findOnlyUser } from './user.ts'

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
      const owner = await findOnlyUser(db, email)
      return operation(db, COMMAND_LINE, 'token.create', (tx) =>
        createToken(tx, owner, name.trim()),
      )
    })
    console.log(secret)
    return 0
  },
}
