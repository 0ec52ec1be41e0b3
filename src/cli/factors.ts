import { removeFactors } from '../access/factors.ts'
import { operation } from '../db/operation.ts'
import { COMMAND_LINE, withDatabase } from './database.ts'
import type { Command } from './command.ts'
import { findOnlyUser } from './user.ts'

/** Lets somebody in again who has lost everything but the password. */
export const factorsRemove: Command = {
  name: 'factors remove',
  summary: 'Removes the passkeys, authenticator app and recovery codes of a user.',
  details:
    'For somebody who has lost them: the password alone signs in then. Every session ends.\n' +
    'A user who must have a second factor is led to set one up at once.',
  options: {
    email: { value: 'ADDRESS', help: 'The user who has lost them.', required: true },
  },
  async run({ options }, config) {
    const { email } = options as { email: string }
    await withDatabase(config, async (db) => {
      const { person_id } = await findOnlyUser(db, email)
      await operation(db, COMMAND_LINE, 'factors.remove', (tx) =>
        removeFactors(tx, db.now(), person_id),
      )
    })
    console.log(`${email} signs in with the password alone.`)
    return 0
  },
}
