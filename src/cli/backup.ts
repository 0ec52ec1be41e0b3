import { backUp } from '../db/backup.ts'
import type { Command } from './command.ts'
import { existingDatabase } from './database.ts'

export const backup: Command = {
  name: 'backup',
  summary: 'Copies the data into one file, also while the server runs.',
  details:
    'The copy is checked before it takes the name FILE: structure, references, audit chain.\n' +
    'It holds everything that the server knows: keep it as safe as the data.',
  operands: ['FILE'],
  async run({ operands: [file] }, config) {
    await backUp(existingDatabase(config), file!)
    console.log(`The data is in ${file}, checked.`)
    return 0
  },
}
