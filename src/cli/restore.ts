import * as files from '../db/backup.ts'
import { systemClock } from '../db/connection.ts'
import { claimDataDirectory, databasePath, makeDataDirectory } from '../db/data-directory.ts'
import type { Command } from './command.ts'

export const restore: Command = {
  name: 'restore',
  summary: 'Puts a backup in the place of the data, while no server runs.',
  details: 'The backup is checked first. What was there before is kept in a folder beside it.',
  operands: ['FILE'],
  async run({ operands: [file] }, { data }) {
    makeDataDirectory(data)
    const claim = claimDataDirectory(data)
    try {
      const kept = await files.restore(file!, databasePath(data), systemClock())
      console.log(`The data is that of ${file}.`)
      if (kept) console.log(`What was there before is in ${kept}.`)
      return 0
    } finally {
      claim.release()
    }
  },
}
