import { findFaults } from '../db/faults.ts'
import type { Command } from './command.ts'
import { existingDatabase } from './database.ts'

export const check: Command = {
  name: 'check',
  summary: 'Checks the data: structure, references, audit chain.',
  details:
    'Prints one line for each finding, and ends with exit code 1 when there is one. The audit\n' +
    'chain is what shows that the log was edited, deleted from, truncated or rewritten.',
  async run(_given, config) {
    const faults = await findFaults(existingDatabase(config))
    for (const fault of faults) console.log(fault)
    if (faults.length === 0) console.log('structure: sound\nreferences: sound\naudit: unbroken')
    return faults.length === 0 ? 0 : 1
  },
}
