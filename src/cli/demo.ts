import { newSecret } from '../access/secrets.ts'
import { systemClock } from '../db/connection.ts'
import type { Command } from './command.ts'
import { withDatabase } from './database.ts'
import { technicians } from './demo/decisions.ts'
import { fillDatabase } from './demo/fill.ts'

export const demo: Command = {
  name: 'demo',
  summary: 'Fills an empty database with a believable provider and its customers.',
  details: 'Prints the e-mail address and the password to sign in with.',
  async run(_given, config) {
    const clock = { now: systemClock() }
    const password = newSecret()
    await withDatabase(
      config,
      (db) => fillDatabase(db, clock, password),
      () => clock.now,
    )
    console.log(`Sign in as ${technicians.priya.email} with the password ${password}`)
    return 0
  },
}
