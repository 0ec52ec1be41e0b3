import { existsSync } from 'node:fs'
import { backUp } from '../db/backup.ts'
import { StartupProblem } from '../errors.ts'
import type { Command } from './command.ts'
import { existingDatabase } from './database.ts'

export const backup: Command = {
  name: 'backup',
  summary: 'Copies the data into one file, also while the server runs.',
  details:
    'The copy is checked before it takes the name FILE: structure, references, audit chain.\n' +
    'It holds everything that the server knows: keep it as safe as the data.',
  operands: ['FILE'],
  options: { force: { help: 'Replaces FILE when it exists.' } },
  async run({ operands: [file], flags }, config) {
    if (existsSync(file!) && !flags.has('force'))
      throw new StartupProblem(`${file} exists already. Choose another name, or add --force.`)
    await backUp(existingDatabase(config), file!)
    console.log(`The data is in ${file}, checked.`)
    return 0
  },
}
