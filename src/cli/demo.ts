import { newSecret } from '../access/secrets.ts'
import { systemClock } from '../db/connection.ts'
import { addressOf, howToStartOver, startCommand } from './calling.ts'
import type { Command } from './command.ts'
import { requireNoSetUp, withDatabase } from './database.ts'
import { technicians } from './demo/decisions.ts'
import { fillDatabase } from './demo/fill.ts'

export const demo: Command = {
  name: 'demo',
  summary: 'Fills an empty database with a believable provider and its customers.',
  details: 'Prints how to start it, and the e-mail address and the password to sign in with.',
  async run(_given, config) {
    const clock = { now: systemClock() }
    const password = newSecret()
    await withDatabase(
      config,
      async (db) => {
        await requireNoSetUp(db, config)
        await fillDatabase(db, clock, password)
      },
      () => clock.now,
    )
    console.log(
      [
        `The demonstration is in ${config.data}.`,
        `Start it with: ${startCommand(config)}`,
        `Open ${config.url ?? addressOf(config.host, config.port)}`,
        `Sign in as ${technicians.priya.email} with the password ${password}`,
        howToStartOver(config),
      ].join('\n'),
    )
    return 0
  },
}
